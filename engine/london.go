package engine

import (
	"fmt"
	"time"
)

// LondonDay is the Europe/London date of an instant, in days since 1970.
func LondonDay(t time.Time) (int32, error) {
	london, err := london()
	if err != nil {
		return 0, err
	}
	y, m, d := t.In(london).Date()
	return int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400), nil
}

// londonMidnight is the instant at which a day begins in Europe/London.
func londonMidnight(day int32) (time.Time, error) {
	london, err := london()
	if err != nil {
		return time.Time{}, err
	}
	y, m, d := time.Unix(int64(day)*86400, 0).UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, london), nil
}

func london() (*time.Location, error) {
	location, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, fmt.Errorf("cannot load the time zone Europe/London: %w", err)
	}
	return location, nil
}
