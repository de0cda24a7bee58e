-- Sums signs by bucket: the twelve counts of rollups.duration_buckets. A null bucket (a start) counts nowhere.
create function engine.count_buckets(p_buckets int[], p_signs smallint[])
returns int[] language plpgsql immutable set search_path = ''
as $$
begin
  return array(
    select coalesce(sum(one.sign) filter (where one.bucket = place), 0)::int
    from generate_series(1, 12) as place cross join unnest(p_buckets, p_signs) as one (bucket, sign)
    group by place order by place);
end $$;
