-- What happened to the ids of customers on this night.
-- needs identity_changes: change, cause
SELECT change, cause, count(*) AS ids
FROM identity_changes
GROUP BY ALL
ORDER BY change, cause
