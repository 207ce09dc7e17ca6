-- What search inside the database needs, where the database can.
{search_tables}
