"""The column contract: what an uploaded workbook may hold, as data, and the rules that apply it."""
