-- The segments, with who came and left on the last seven days.
-- needs segments: segment, description, goal, treatment, owner, kind, told_date, conditions, member_count, unknown_count, run_date
-- needs segment_moves: segment, move, move_date, reason, run_date
SELECT s.segment AS name, description, goal, treatment, owner, kind, conditions,
    if(told_date < s.run_date, told_date, NULL) AS told,
    member_count AS members, unknown_count AS unknown,
    count(*) FILTER (move = 'entered' AND reason <> 'first_run') AS came,
    count(*) FILTER (move = 'left' AND reason <> 'first_run') AS "left",
    count(*) FILTER (move = 'entered' AND reason <> 'first_run' AND move_date = s.run_date) AS came_today,
    count(*) FILTER (move = 'left' AND reason <> 'first_run' AND move_date = s.run_date) AS left_today
FROM segments s LEFT JOIN segment_moves m ON m.segment = s.segment AND move_date > s.run_date - 7
GROUP BY ALL
ORDER BY member_count DESC, s.segment
