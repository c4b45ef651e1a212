-- Known customers, and those of them with an address of a channel that may be written to.
-- needs consents: customer_id, channel, purpose, state, suppressed
-- needs customers: customer_id, kind
SELECT channel, count(DISTINCT customer_id) AS customers
FROM consents JOIN customers USING (customer_id)
WHERE kind = 'known' AND purpose = 'marketing' AND state = 'subscribed' AND suppressed IS NULL
GROUP BY channel
ORDER BY customers DESC, channel
