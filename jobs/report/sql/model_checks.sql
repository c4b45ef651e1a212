-- How the models did on the hold-out.
-- needs model_checks: model, check, decile, value, predicted, customer_count, detail
SELECT coalesce(model, '') AS model, "check", coalesce(decile, 0) AS decile, value, predicted, customer_count AS customers, coalesce(detail, '') AS detail
FROM model_checks
ORDER BY model, "check", decile, detail
