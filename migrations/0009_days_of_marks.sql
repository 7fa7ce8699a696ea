-- The days under which the new spans of a mark are stored: with those that the last roll-up found, all that its trace has,
-- so that a roll-up looks into these partitions alone. Null = not known, as in marks that earlier versions write.
alter table dirty_traces add column days date[];
