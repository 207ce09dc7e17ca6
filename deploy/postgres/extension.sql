-- Run once, when the database is created. The role fit of production is no superuser elsewhere.
CREATE EXTENSION IF NOT EXISTS vector;
