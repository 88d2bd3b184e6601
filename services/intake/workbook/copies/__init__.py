"""What a sender gets back: the workbook with its errors marked, or the wrong rows alone."""
