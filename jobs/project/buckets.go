package project

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/store"
)

// bucketOptions are the options by which a bucket may be opened, by its scheme.
// Credentials are none of them: they belong to the machine, not to the file.
var bucketOptions = map[string][]string{
	"gs": {"anonymous"},
	"s3": {"anonymous", "endpoint", "kmskeyid", "profile", "region", "request_checksum_calculation", "response_checksum_validation", "role", "ssetype", "use_path_style"},
}

// bucketIn is the bucket of a path, as gs://name.
func bucketIn(path string) string {
	begin := strings.Index(path, "://") + 3
	name, _, _ := strings.Cut(path[begin:], "/")
	return path[:begin] + name
}

// readablePlace says what is wrong with a path where it is one of a bucket.
func readablePlace(v *config.Value, say say) {
	path := v.Text()
	scheme, rest, found := strings.Cut(path, "://")
	if !found {
		return
	}
	if !store.Remote(path) {
		say(v, "nothing is known of "+quoted(scheme+"://"), "name a folder of this machine, or a bucket as "+strings.Join(store.Schemes, "://, ")+"://")
		return
	}
	if name, _, _ := strings.Cut(rest, "/"); name == "" || strings.ContainsAny(name, "*?[]%#@: ") {
		say(v, "the path "+quoted(path)+" does not name its bucket plainly", "write it as "+scheme+"://bucket/folder; options of a bucket stand under buckets")
	}
}

func readableFolder(v *config.Value, say say) {
	notEmpty(v, say)
	readablePlace(v, say)
}

// openableBuckets looks at the names and the options under buckets.
func openableBuckets(v *config.Value, say say) {
	for _, e := range v.Entries() {
		at := &config.Value{Line: e.Line, Col: e.Col}
		scheme, _, _ := strings.Cut(e.Name, "://")
		known := bucketOptions[scheme]
		if known == nil || bucketIn(e.Name) != e.Name {
			say(at, quoted(e.Name)+" is no bucket", "write it as gs://name or s3://name")
			continue
		}
		options, err := url.ParseQuery(e.Value.Text())
		if err != nil {
			say(e.Value, "the options of "+e.Name+" cannot be read: "+err.Error(), "write them as in a URL: region=eu-west-1&use_path_style=true")
		}
		for _, o := range slices.Sorted(maps.Keys(options)) {
			if !slices.Contains(known, o) {
				say(e.Value, e.Name+" has no option "+o, guess(o, known, "there are "))
			}
		}
	}
}
