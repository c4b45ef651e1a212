package jobs

import "github.com/alecthomas/kong"

// commands is the command line: what kong parses and `habitue --help` shows.
type commands struct {
	Config   string `short:"c" default:"habitue.yaml" placeholder:"FILE" help:"The project file."`
	JSON     bool   `name:"json" help:"Print one machine-readable summary on stdout."`
	Progress string `enum:"auto,terminal,log,json,none" default:"auto" help:"How progress is told on stderr: auto (by what stderr is), terminal, log, json or none."`

	Init     InitCommand     `cmd:"" help:"Draft a project file from exports, and check it."`
	Run      RunCommand      `cmd:"" help:"Run the night: from the exports to the tables."`
	Pull     PullCommand     `cmd:"" help:"Read what is new in the databases that are sources, as run and schedule do first."`
	Schedule ScheduleCommand `cmd:"" help:"Run the nights that are due, whenever the project's schedule says so."`
	Check    CheckCommand    `cmd:"" help:"Check the project file and look into its sources; touches no output."`
	Publish  PublishCommand  `cmd:"" help:"Publish a committed run again: serving database, warehouse and files."`
	Runs     struct {
		List   RunsListCommand   `cmd:"" help:"List the runs of the lake."`
		Show   RunsShowCommand   `cmd:"" help:"Show a run: inputs, tables, counts."`
		Verify RunsVerifyCommand `cmd:"" help:"Hash every file of a run again and compare with its manifest."`
		Prune  RunsPruneCommand  `cmd:"" help:"Delete what no kept run names."`
	} `cmd:"" help:"The runs of the lake."`
	Customer struct {
		Show CustomerShowCommand `cmd:"" help:"Show what is known of a customer: profile, scores, keys, contacts, timeline."`
	} `cmd:"" help:"One customer."`
	Segment struct {
		List SegmentListCommand `cmd:"" help:"List the segments of the newest run, with how many are in each."`
		Show SegmentShowCommand `cmd:"" help:"Show a segment of the newest run: what it is, its moves, its newest members."`
		Test SegmentTestCommand `cmd:"" help:"Run files of made-up people and of the segments that they are expected in."`
	} `cmd:"" help:"The segments."`
	Filters FiltersCommand `cmd:"" help:"List what segments may ask."`
	Report  ReportCommand  `cmd:"" help:"Write the report of a run: one HTML page for people."`
	Query   QueryCommand   `cmd:"" help:"Ask the serving tables in SQL."`
	Metrics MetricsCommand `cmd:"" help:"List the metrics, or show one: what it is, and the SQL that gives it."`
	Demo    DemoCommand    `cmd:"" help:"Make a seeded shop in real export formats, with its truth beside it."`
	Schema  SchemaCommand  `cmd:"" help:"Print the JSON schema of the project file or of segment files, for editors."`
	Codes   CodesCommand   `cmd:"" name:"exit-codes" help:"Print the exit codes and what they mean."`
	Version VersionCommand `cmd:"" help:"Print the version."`
}

// RunCommand is `habitue run`.
type RunCommand struct {
	AsOf    Date   `placeholder:"DATE" help:"The day to run for, which must be over; yesterday in the project's zone unless said." xor:"days"`
	From    Date   `placeholder:"DATE" help:"First of several days to run for, one after the other." and:"range"`
	To      Date   `placeholder:"DATE" help:"Last of these days." and:"range" xor:"days"`
	Known   string `enum:",now,then" default:"" placeholder:"now|then" help:"Use all files that are there (now), or those delivered by the day (then)."`
	Runner  string `enum:",direct,prism,flink,spark,universal,dataflow" default:"" placeholder:"NAME" help:"Where the pipeline runs: direct, prism, flink, spark, universal or dataflow; runner.name of the project file unless said."`
	Memory  Size   `placeholder:"SIZE" help:"Budget of the process, as 512MiB; the project's unless said."`
	NoGates bool   `name:"no-gates" help:"Publish whatever the gates of the project file say."`
	Publish bool   `help:"Publish also where the day is before the newest published one."`
	Pull    *bool  `negatable:"" help:"Read the databases that are sources first; unless said that is done where the day is yesterday, alone."`
}

// PullCommand is `habitue pull`.
type PullCommand struct {
	Sources []string `arg:"" optional:"" name:"source" help:"The sources; all that are databases unless said."`
	Whole   bool     `help:"Read every row again, not only those that changed."`
}

// ScheduleCommand is `habitue schedule`.
type ScheduleCommand struct {
	Once   bool   `help:"Run what is due now, whatever the schedule says, and end with the worst exit code."`
	Runner string `enum:",direct,prism,flink,spark,universal,dataflow" default:"" placeholder:"NAME" help:"Where the pipeline runs; runner.name of the project file unless said."`
	Memory Size   `placeholder:"SIZE" help:"Budget of the process, as 512MiB; the project's unless said."`
}

// PublishCommand is `habitue publish RUN`.
type PublishCommand struct {
	RunID  string `arg:"" name:"run" help:"The run, as 2025-12-31.1."`
	Resend bool   `help:"Send files also for a date for which others were sent already, and behind those of a later date."`
	Memory Size   `placeholder:"SIZE" help:"Budget of the process; the project's unless said."`
}

// RunsListCommand is `habitue runs list`.
type RunsListCommand struct{}

// RunsShowCommand is `habitue runs show RUN`.
type RunsShowCommand struct {
	RunID string `arg:"" name:"run" help:"The run, as 2025-12-31.1."`
}

// RunsVerifyCommand is `habitue runs verify RUN`.
type RunsVerifyCommand struct {
	RunID  string `arg:"" name:"run" help:"The run, as 2025-12-31.1."`
	Replay bool   `help:"Run again from the recorded inputs into a scratch lake and compare every content hash."`
	Memory Size   `placeholder:"SIZE" help:"Budget of the process; the project's unless said."`
}

// RunsPruneCommand is `habitue runs prune`.
type RunsPruneCommand struct {
	Keep int `placeholder:"N" help:"Runs to keep; publish.keep_runs of the project unless said."`
}

// QueryCommand is `habitue query`.
type QueryCommand struct {
	SQL    string `arg:"" optional:"" name:"sql" help:"The statements."`
	File   string `short:"f" placeholder:"FILE" help:"Read the statements from a file."`
	Metric string `placeholder:"NAME" help:"Ask for a metric: habitue metrics lists them."`
	Format string `enum:"table,csv,json,parquet" default:"table" help:"How the result is written: table, csv, json or parquet."`
	Out    string `placeholder:"FILE" help:"Write the result to a file instead of stdout."`
	Memory Size   `placeholder:"SIZE" help:"Budget of the process; the project's unless said."`
}

// DemoCommand is `habitue demo`.
type DemoCommand struct {
	Customers int    `default:"2000" placeholder:"N" help:"People of the shop."`
	Seed      uint64 `default:"1" placeholder:"S" help:"The same seed gives the same bytes."`
	Days      int    `default:"730" placeholder:"N" help:"Days of history."`
	Until     Date   `default:"2025-12-31" placeholder:"DATE" help:"Last day of the history."`
	Season    string `enum:"year,none,hold-out" default:"year" placeholder:"NAME" help:"How busy days are: as in a year, all the same but for weekdays (none), or so until it is three times as busy in the last 90 days (hold-out)."`
	Deliver   bool   `help:"What comes in the last three nights lies in deliveries/DATE/, to be put in place night by night; else all is in place."`
	Out       string `required:"" placeholder:"DIR" help:"Folder to write."`
}

// parser is the command line bound to an App.
func parser(c *commands, app *App, exit func(int)) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("habitue"),
		kong.Description("Turns a shop's raw exports into customers, scores and segments, every night.\n\nhabitue exit-codes prints the exit codes."),
		kong.Writers(app.Out, app.Err),
		kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
}
