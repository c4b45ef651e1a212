-- A hash of which versions of which files were used.
-- needs deliveries: source, path, content_sha256, in_force
SELECT count(*) AS files, sha256(string_agg(source || '/' || path || ' ' || content_sha256, chr(10) ORDER BY source, path, content_sha256)) AS hash
FROM deliveries
WHERE in_force
HAVING count(*) > 0
