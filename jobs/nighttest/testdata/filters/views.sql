-- The addresses of a customer, written as consents has them: its keys, and
-- what its contacts gave, though guards of identity left that to another.
CREATE VIEW said AS
SELECT customer_id, 'email' AS address_type, lower(trim(email)) AS address FROM contacts
UNION SELECT customer_id, 'phone', '7' || right(regexp_replace(phone, '\D', '', 'g'), 10) FROM contacts
UNION SELECT customer_id, key_type, substr(key, 3) FROM customer_keys;

-- What holds of them, by customer.
CREATE VIEW consented AS
SELECT said.customer_id, consents.* EXCLUDE (customer_id) FROM said JOIN consents USING (address_type, address);
