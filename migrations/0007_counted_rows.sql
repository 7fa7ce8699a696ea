-- Which rows of an execution's tree its tokens and cost are the sum of, one bit each: whoever shows rows and sums them
-- need not find out again. Null until the execution changes next: then it is worked out when it is read.
alter table executions add column counted_rows bytea;
