package gate

import (
	"fmt"
	"time"
)

// judge a person's word: it counts with a name and a day that has come.
func (c manual) judge(at time.Time) Verdict {
	v := Verdict{Criterion: c.Criterion, Manual: true, Demanded: "a name and a date", Found: "nothing filled in", Result: NotMet}
	on, err := time.Parse(time.DateOnly, c.On)
	switch {
	case c.Met && c.By != "" && err == nil && !on.After(at):
		v.Result = Met
		v.Found = fmt.Sprintf("%s, %s", c.By, c.On)
	case c.Met && c.By != "" && err == nil:
		v.Found = fmt.Sprintf("%s, for %s, which has not come", c.By, c.On)
	case c.Met:
		v.Found = "met, and not said by whom or since when"
	case c.By != "" || c.On != "":
		v.Found = "not met: " + c.By + " " + c.On
	}
	if c.Note != "" {
		v.Found += "; " + c.Note
	}
	return v
}
