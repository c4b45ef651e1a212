-- segment: opened-two-campaigns
-- when: {email_event: {event: [opened, clicked], distinct: {campaign: {ge: 2}}, in_last: 60d}}
SELECT customer_id FROM interactions WHERE channel = 'email' AND kind IN ('campaign_opened', 'campaign_clicked') AND interaction_date BETWEEN DATE '2025-11-02' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(DISTINCT campaign) >= 2

-- segment: hard-bounces
-- when: {email_event: {event: bounced, status: hard, since: 2025-09-01}}
SELECT customer_id FROM interactions WHERE channel = 'email' AND kind = 'campaign_bounced' AND status = 'hard' AND interaction_date >= DATE '2025-09-01'

-- segment: got-it-and-did-not-open-it
-- when: {campaign_received: {ids: news-2025-12-15, arm: B}, not: {email_event: {event: opened, campaign: news-2025-12-15}}}
SELECT customer_id FROM interactions WHERE campaign = 'news-2025-12-15' GROUP BY customer_id
HAVING bool_or(kind = 'campaign_delivered' AND arm = 'b') AND NOT bool_or(kind = 'campaign_opened')

-- segment: written-to-often
-- when: {contacts_in_window: {ge: 4, channel: email, in_last: 60d}}
SELECT customer_id FROM interactions WHERE kind = 'campaign_sent' AND channel = 'email' AND interaction_date BETWEEN DATE '2025-11-02' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(*) >= 4

-- segment: sleeps-through-mailings
-- when: {no_open_since: {older_than: 60d, delivered: {ge: 4}}}
WITH mails AS (SELECT customer_id, interaction_date AS day, kind FROM interactions WHERE channel = 'email' AND customer_id IS NOT NULL),
since AS (SELECT customer_id, max(day) FILTER (kind IN ('campaign_opened', 'campaign_clicked')) AS opened, min(day) FILTER (kind = 'campaign_delivered') AS first FROM mails GROUP BY 1)
SELECT customer_id FROM since JOIN mails USING (customer_id) WHERE coalesce(opened, first) < DATE '2025-11-02'
GROUP BY customer_id HAVING count(*) FILTER (kind = 'campaign_delivered' AND (opened IS NULL OR day > opened)) >= 4

-- segment: detractors
-- when: {nps_score: {band: detractor, in_last: 180d}}
SELECT customer_id FROM interactions WHERE kind = 'nps' AND interaction_date BETWEEN DATE '2025-07-05' AND DATE '2025-12-31'
GROUP BY customer_id HAVING arg_max(value, interaction_at) < 7

-- segment: glad-on-average
-- when: {nps_score: {ge: 9, by: mean}}
SELECT customer_id FROM interactions WHERE kind = 'nps' GROUP BY customer_id HAVING avg(value) >= 9

-- segment: bad-reviews
-- when: {review: {rating: {le: 2}, text: {exists: true}, in_last: 90d}}
SELECT customer_id FROM interactions WHERE kind = 'review' AND value <= 2 AND text IS NOT NULL AND interaction_date BETWEEN DATE '2025-10-03' AND DATE '2025-12-31'

-- segment: open-cases-of-quality
-- when: {support_case: {open: true, topic: [quality, refund]}}
SELECT customer_id FROM interactions WHERE kind = 'support_case' AND topic IN ('quality', 'refund') AND lower(status) NOT IN ('closed', 'resolved', 'solved', 'done', 'cancelled')

-- segment: no-case-in-a-quarter
-- when: {support_case: {count: 0, in_last: 90d}, orders_count: {ge: 3, in_last: 30d}}
SELECT customer_id FROM orders WHERE counted AND order_date >= DATE '2025-12-02'
AND customer_id NOT IN (SELECT customer_id FROM interactions WHERE kind = 'support_case' AND interaction_date >= DATE '2025-10-03' AND customer_id IS NOT NULL)
GROUP BY customer_id HAVING count(*) >= 3

-- segment: texts-yes-mails-no
-- when: {channel_consent: {channel: sms}, not: {channel_consent: {channel: email}}}
SELECT customer_id FROM consented WHERE purpose = 'marketing' GROUP BY customer_id
HAVING bool_or(channel = 'sms' AND state = 'subscribed') AND NOT bool_or(channel = 'email' AND state = 'subscribed')

-- segment: said-no-to-mails
-- when: {channel_consent: {channel: email, state: unsubscribed, explicit: true}}
SELECT customer_id FROM consented WHERE channel = 'email' AND purpose = 'marketing' AND state = 'unsubscribed' AND explicit

-- segment: nothing-known-of-texts
-- when: {channel_consent: {channel: sms, state: no_data}}
SELECT customer_id FROM customers
WHERE customer_id NOT IN (SELECT customer_id FROM consented WHERE channel = 'sms' AND purpose = 'marketing' AND state <> 'no_data' AND customer_id IS NOT NULL)

-- segment: old-consents
-- when: {consent_age: {channel: email, older_than: 1y}}
SELECT customer_id FROM consented WHERE channel = 'email' AND purpose = 'marketing' AND state = 'subscribed'
GROUP BY customer_id HAVING max(since_date) < DATE '2025-01-01'

-- segment: suppressed-lately
-- when: {suppressed: {reason: [bounce, complaint], channel: email, in_last: 60d}}
SELECT customer_id FROM consented WHERE suppressed IN ('bounce', 'complaint') AND channel = 'email' AND suppressed_date BETWEEN DATE '2025-11-02' AND DATE '2025-12-31'

-- segment: suppressed-by-law
-- when: {suppressed: {reason: legal}}
SELECT customer_id FROM consented WHERE suppressed = 'legal'

-- segment: buyers-not-suppressed
-- when: {suppressed: {is: false}, orders_count: {ge: 1, in_last: 7d}}
SELECT customer_id FROM orders WHERE counted AND order_date >= DATE '2025-12-25' AND customer_id IS NOT NULL
EXCEPT SELECT customer_id FROM consented WHERE suppressed IS NOT NULL

-- segment: reachable-by-text-alone
-- when: {reachable_by: {contains_all: [sms], contains_none: [email]}}
SELECT customer_id FROM consented WHERE purpose = 'marketing' AND state = 'subscribed' AND suppressed IS NULL GROUP BY customer_id
HAVING bool_or(channel = 'sms') AND NOT bool_or(channel = 'email')

-- segment: called-our-mail-spam
-- when: {email_event: spam}
SELECT customer_id FROM interactions WHERE kind IN ('campaign_complained', 'complained') AND channel IN ('email', 'e-mail', 'mail')
