"""WAY OUT to the database: tables, transactions, and one file of questions a noun."""
