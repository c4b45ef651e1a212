package night

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/transforms/identity"
)

// normaliser is how the project's keys are compared.
func normaliser(p *project.Project) (*identity.Normaliser, error) {
	norm, err := identity.NewNormaliser(p.Identity.Rules(), p.Country)
	return norm, fault.With(err, fault.Config)
}

// normal is a value that somebody typed as the keys have it. One that can
// never be a key stays just as it stands: it may be what was meant.
func normal(norm *identity.Normaliser, kind customer.KeyType, value string) string {
	if b, ok := norm.Append(nil, kind, []byte(value)); ok {
		return string(b)
	}
	return value
}

// blockedValues are the values that are nobody's.
func blockedValues(p *project.Project) (map[string][]string, error) {
	norm, err := normaliser(p)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, b := range p.Identity.Blocked {
		out[b.Type.Name()] = append(out[b.Type.Name()], normal(norm, b.Type, b.Value))
	}
	return out, nil
}

// suppressed are the addresses that somebody had decided by a day to send
// nothing to.
func suppressed(p *project.Project, day int32) (all []brief.Suppressed, err error) {
	norm, err := normaliser(p)
	if err != nil {
		return nil, err
	}
	cal := customer.NewCalendar(p.Zone)
	for _, s := range p.Suppressed {
		if since := customer.DayOf(s.Since); since <= day {
			all = append(all, brief.Suppressed{Type: s.Type, Value: normal(norm, s.Type, s.Value), Channel: s.Channel, Reason: s.Reason, At: cal.Start(since)})
		}
	}
	return all, nil
}
