-- Where each space's vectors have a table of their own, the one for all goes.
{vector_tables}
