package engine

// plainDay reads the forms in which dates nearly always come, YYYY-MM-DD alone
// or with a time of day to the second behind it (a T or a space between them, a
// Z at the end or nothing), and gives the day since 1970. All else, wrong dates
// among it, is left to time.Parse, which takes thirty times as long.
func plainDay(text []byte) (day int32, ok bool) {
	switch {
	case len(text) == 10:
	case len(text) == 19 || len(text) == 20 && text[19] == 'Z':
		hour, minute, second := twoDigits(text[11:]), twoDigits(text[14:]), twoDigits(text[17:])
		if text[10] != 'T' && text[10] != ' ' || text[13] != ':' || text[16] != ':' || hour > 23 || minute > 59 || second > 59 {
			return 0, false
		}
	default:
		return 0, false
	}
	century, year, month, date := twoDigits(text), twoDigits(text[2:]), twoDigits(text[5:]), twoDigits(text[8:])
	if text[4] != '-' || text[7] != '-' || max(century, year) > 99 || month-1 > 11 || date-1 > 27 && date-1 >= daysOfMonth(100*century+year, month) {
		return 0, false
	}
	year += 100 * century
	if year == 0 {
		return 0, false
	}
	if month <= 2 { // the year begins in March, so that a leap day ends it
		year, month = year-1, month+12
	}
	const daysTo1970 = 719_468 // from the first of March of the year 0
	return int32(365*year+year/4-year/100+year/400+(153*(month-3)+2)/5+date-1) - daysTo1970, true
}

// twoDigits is the number that text begins with, more than 99 where it begins
// with none of two digits.
func twoDigits(text []byte) uint32 {
	tens, ones := uint32(text[0]-'0'), uint32(text[1]-'0')
	if tens > 9 || ones > 9 {
		return 1000
	}
	return 10*tens + ones
}

func daysOfMonth(year, month uint32) uint32 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}
