# Tables in Markdown from the sorted lines of bench.c: measure, processes, inits, name, value; by all five. Also writes
# summary: measure, processes, inits, name, count, 10th percentile, median, distance of the quartiles, the value that is compared.
# Takes own (the name of the init that is compared with the others), summary (a file), and from the environment NAMES and PEERS,
# which are some of them, one a line.
BEGIN {
	FS = OFS = "\t"
	# measure, title, unit, divisor, digits, which value is compared
	define("size", "Size of the file", "bytes", 1, 0, "median")
	define("size_xz", "Size, compressed by xz -9e", "bytes", 1, 0, "median")
	define("startup", "Start-up: from the init's exec to its end, less the same of the bare command", "µs", 1000, 1, "median")
	define("latency", "Signal latency: from kill to the command's handler", "µs", 1000, 2, "p10")
	define("stop", "Stop latency: from SIGTERM to the init's end", "µs", 1000, 1, "p10")
	define("reap_cpu", "Reaping: the init's CPU time for one of the orphans that die at once", "µs", 1000, 2, "median")
	define("reap_time", "Reaping: time for one of the orphans that die at once, until none is left", "µs", 1000, 2, "median")
	define("memory_pss", "Idle memory: Pss", "KiB", 1, 0, "median")
	define("memory_private_dirty", "Idle memory: private dirty", "KiB", 1, 0, "median")
	define("memory_page_tables", "Idle memory: page tables", "KiB", 1, 0, "median")
	define("wakeups", "Wake-ups while idle", "", 1, 0, "median")
	define("lost", "Signals lost at start-up", "", 1, 0, "sum")
	define("calls", "System calls before the command's exec", "", 1, 0, "median")
	define("calls_run", "System calls of a whole run", "", 1, 0, "median")
	define("instructions", "User instructions of a whole run", "", 1, 0, "median")
	kinds = split(ENVIRON["NAMES"], kind, "\n")
	for (i = split(ENVIRON["PEERS"], list, "\n"); i > 0; i--)
		is_peer[list[i]] = list[i] != ""
	print "measure", "processes", "inits", "init", "count", "p10", "median", "quartiles", "compared", "unit" > summary
}
function define(measure, title_, unit_, divisor_, digits_, compared_) {
	measures[++measure_count] = measure
	title[measure] = title_
	unit[measure] = unit_
	divisor[measure] = divisor_
	digits[measure] = digits_
	compared[measure] = compared_
}
{
	group = $1 SUBSEP $2 SUBSEP $3 SUBSEP $4
	known[$4] = 1
	value[group, ++count[group]] = $5
	sum[group] += $5
	situation = $2 SUBSEP $3
	if (!(($1, situation) in met)) {
		met[$1, situation] = 1
		situations[$1, ++situation_count[$1]] = situation
	}
}
function quantile(group, part,    at, below) {
	at = 1 + (count[group] - 1) * part
	below = int(at)
	if (below >= count[group])
		return value[group, count[group]]
	return value[group, below] + (at - below) * (value[group, below + 1] - value[group, below])
}
function statistic(group, which) {
	return which == "sum" ? sum[group] : quantile(group, which == "p10" ? 0.1 : 0.5)
}
function shown(number, measure) {
	return sprintf("%." digits[measure] "f", number / divisor[measure])
}
function ratio(a, b) {
	return a == "" || b == "" || b <= 0 ? "" : sprintf("%.2f", a / b)
}
function heading(measure, situation,    part, text) {
	split(situation, part, SUBSEP)
	text = title[measure]
	if (part[1] > 0)
		text = text (measure ~ /^reap/ ? "; " part[1] " orphans" : "; " part[1] " other processes below it")
	if (part[2] > 1)
		text = text "; one of " part[2] " inits"
	return text
}
# How cost grows, as against the measures of one init with one command.
function is_growth(measure, situation,    part) {
	split(situation, part, SUBSEP)
	return part[2] > 1 || (part[1] > 0 && measure !~ /^reap/)
}
# All measures in one table, a row each.
function glance(text, growth,    m, s, i, group, measure, best, line, row) {
	line = "| |"
	row = "| --- |"
	for (i = 1; i <= kinds; i++)
		if (kind[i] in known && kind[i] != "bare") {
			line = line " " kind[i] " |"
			row = row " ---: |"
		}
	print "\n### " text "\n\n" line " " own " ÷ floor | " own " ÷ best peer |\n" row " ---: | ---: |"
	for (m = 1; m <= measure_count; m++) {
		measure = measures[m]
		for (s = 1; s <= situation_count[measure]; s++) {
			if (is_growth(measure, situations[measure, s]) != growth)
				continue
			line = "| " heading(measure, situations[measure, s]) (unit[measure] == "" ? "" : ", " unit[measure]) " |"
			best = ""
			for (i = 1; i <= kinds; i++) {
				if (!(kind[i] in known) || kind[i] == "bare")
					continue
				group = measure SUBSEP situations[measure, s] SUBSEP kind[i]
				line = line " " (group in count ? shown(compared_value[group], measure) : "") " |"
				if (is_peer[kind[i]] && (group in count) && (best == "" || compared_value[group] < best))
					best = compared_value[group]
			}
			group = measure SUBSEP situations[measure, s] SUBSEP
			print line " " ratio(compared_value[group own], compared_value[group "floor"]) " | " ratio(compared_value[group own], best) " |"
		}
	}
	print "\nLatencies are 10th percentiles, lost signals are counted, all others are medians."
}
function evaluate(measure, situation,    part, i, group, bare, less) {
	split(situation, part, SUBSEP)
	bare = measure SUBSEP situation SUBSEP "bare"
	for (i = 1; i <= kinds; i++) {
		group = measure SUBSEP situation SUBSEP kind[i]
		if (!(group in count))
			continue
		# The bare command's time is no init's.
		less = measure == "startup" && (bare in count) && kind[i] != "bare"
		compared_value[group] = statistic(group, compared[measure]) - (less ? statistic(bare, compared[measure]) : 0)
		p10[group] = quantile(group, 0.1) - (less ? quantile(bare, 0.1) : 0)
		median[group] = quantile(group, 0.5) - (less ? quantile(bare, 0.5) : 0)
		spread[group] = quantile(group, 0.75) - quantile(group, 0.25)
		print measure, part[1], part[2], kind[i], count[group], shown(p10[group], measure), shown(median[group], measure), \
			shown(spread[group], measure), shown(compared_value[group], measure), unit[measure] > summary
	}
}
# With the spread, where there is one: of what is the same each time, the table of all measures says everything.
function table(measure, situation,    i, group, before, several, label) {
	before = measure SUBSEP situation SUBSEP
	several = 0
	for (i = 1; i <= kinds; i++)
		if (((before kind[i]) in count) && count[before kind[i]] > 3 && measure != "lost" && measure !~ /^memory/)
			several = 1
	if (!several)
		return
	label = unit[measure] == "" ? "" : ", " unit[measure]
	print "\n### " heading(measure, situation) "\n"
	print "| init | median" label " | 10th percentile | between quartiles | runs | ÷ floor | " own " ÷ it |"
	print "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
	for (i = 1; i <= kinds; i++) {
		group = before kind[i]
		if (!(group in count))
			continue
		printf "| %s | %s | %s | %s | %d |", kind[i], shown(median[group], measure), shown(p10[group], measure), \
			shown(spread[group], measure), count[group]
		if (kind[i] == "bare")
			print " | |"
		else
			printf " %s | %s |\n", ratio(compared_value[group], compared_value[before "floor"]), \
				kind[i] == own ? "" : ratio(compared_value[before own], compared_value[group])
	}
	printf "\nRatios are of %s.\n", compared[measure] == "p10" ? "10th percentiles" : "medians"
}
END {
	for (m = 1; m <= measure_count; m++)
		for (s = 1; s <= situation_count[measures[m]]; s++)
			evaluate(measures[m], situations[measures[m], s])
	glance("All measures", 0)
	for (m = 1; m <= measure_count; m++)
		for (s = 1; s <= situation_count[measures[m]]; s++)
			if (is_growth(measures[m], situations[measures[m], s]))
				grown = 1
			else
				table(measures[m], situations[measures[m], s])
	if (grown)
		glance("How cost grows", 1)
}
