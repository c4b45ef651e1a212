-- What the checks of the data looked for and how much of it they found.
-- needs data_checks: check, source, found, amount, detail
SELECT "check", source, found, amount, detail
FROM data_checks
ORDER BY found DESC, "check", source, detail
