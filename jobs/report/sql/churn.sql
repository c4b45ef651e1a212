-- Customers by band of risk, with what they have brought; a reason where there is no risk.
-- needs churn: customer_id, band, churn_risk, model, reason
-- needs rfm: customer_id, monetary
SELECT * FROM (
    SELECT coalesce(band, '') AS band, coalesce(model, '') AS model, coalesce(reason, '') AS reason, count(*) AS customers,
        sum(churn_risk::DECIMAL(18, 12)) / count(churn_risk) AS risk, -- a sum of doubles would depend on its order
        sum(monetary) AS net
    FROM churn JOIN rfm USING (customer_id)
    GROUP BY ALL
)
ORDER BY array_position(['high', 'medium', 'low'], band), model, reason
