-- Known customers by lifecycle stage, with what they have brought.
-- needs customers: kind, lifecycle_stage, net_revenue
SELECT lifecycle_stage AS stage, count(*) AS customers, sum(net_revenue) AS net
FROM customers
WHERE kind = 'known' AND lifecycle_stage IS NOT NULL
GROUP BY stage
ORDER BY array_position(['new', 'active', 'reactivated', 'at_risk', 'lapsed', 'prospect'], stage), stage
