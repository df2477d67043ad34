"""What goes into papers: the workbook, and syntax files that read the data elsewhere."""
