package writers

import "time"

// Days that have a date of four digits of year: 0001-01-01 to 9999-12-31.
const (
	firstDay = -719162
	lastDay  = 2932896
)

const (
	daysTo1970     = 719468 // from 0000-03-01
	daysIn400Years = 146097
)

// appendDay writes a day as YYYYMMDD. Years are counted from March, so that
// the leap day is their last: then months follow from days by division alone.
func appendDay(dst []byte, day int32) []byte {
	n := uint32(day + daysTo1970)
	era := n / daysIn400Years
	n %= daysIn400Years
	yearOfEra := (n - n/1460 + n/36524 - n/(daysIn400Years-1)) / 365
	n -= 365*yearOfEra + yearOfEra/4 - yearOfEra/100
	fromMarch := (5*n + 2) / 153
	dayOfMonth := n - (153*fromMarch+2)/5 + 1
	year, month := yearOfEra+era*400, fromMarch+3
	if month > 12 {
		year, month = year+1, month-12
	}
	return appendNumber(dst, uint64(year*10000+month*100+dayOfMonth), dayDigits)
}

// dayOf is the day of a date, the inverse of appendDay.
func dayOf(year, month, dayOfMonth uint32) int32 {
	if month <= 2 {
		year, month = year-1, month+12
	}
	era, yearOfEra := year/400, year%400
	dayOfYear := (153*(month-3)+2)/5 + dayOfMonth - 1
	return int32(era*daysIn400Years+yearOfEra*365+yearOfEra/4-yearOfEra/100+dayOfYear) - daysTo1970
}

// daysIn is the length of a month, 1 to 12.
func daysIn(year, month uint32) uint32 {
	leap := year%4 == 0 && (year%100 != 0 || year%400 == 0)
	if month == 2 && leap {
		return 29
	}
	return [...]uint32{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month]
}

// dateOf gives midnight UTC of a day since 1970-01-01.
func dateOf(day int32) time.Time { return time.Unix(int64(day)*24*60*60, 0).UTC() }
