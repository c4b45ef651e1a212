-- Why they came and left on the last seven days.
-- needs segment_moves: segment, move, move_date, reason, run_date
SELECT segment AS name, reason,
    count(*) FILTER (move = 'entered') AS came,
    count(*) FILTER (move = 'left') AS "left"
FROM segment_moves
WHERE move_date > (SELECT max(run_date) FROM segment_moves) - 7
GROUP BY name, reason
ORDER BY name, came + "left" DESC, reason
