-- traceparent: the place of the work that has added the job in its trace, as W3C Trace Context writes it (base/trace.h);
-- empty: that work was not traced.
ALTER TABLE jobs ADD COLUMN traceparent TEXT NOT NULL DEFAULT '';
