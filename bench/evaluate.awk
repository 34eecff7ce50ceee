# Tables in Markdown from the sorted lines of bench.c: measure, processes, inits, name, value; by all five. Also writes
# summary: measure, processes, inits, name, count, 10th percentile, median, distance of the quartiles, the value that is compared,
# unit, class.
# Takes own (the name of the init that is compared with the others), summary (a file), and from the environment KINDS: lines of
# a class and a name, in the order of the columns. Classes: bare; floor, own, peer, also: the tables of all measures; build,
# service, machine: tables of their own, beside own.
BEGIN {
	FS = OFS = "\t"
	# measure, title, unit, divisor, digits, which value is compared, what the processes are
	define("size", "Size of the file", "bytes", 1, 0, "median")
	define("size_xz", "Size, compressed by xz -9e", "bytes", 1, 0, "median")
	define("startup", "Start-up: from the init's exec to its end, less the same of the bare command", "µs", 1000, 1, "median")
	define("latency", "Signal latency: from kill to the command's handler", "µs", 1000, 2, "p10", "other processes below it")
	define("stop", "Stop latency: from SIGTERM to the init's end", "µs", 1000, 1, "p10", "other processes below it")
	define("reap_cpu", "Reaping: the init's CPU time for one of the orphans that die at once", "µs", 1000, 2, "median", "orphans")
	define("reap_time", "Reaping: time for one of the orphans that die at once, until none is left", "µs", 1000, 2, "median", "orphans")
	define("memory_pss", "Idle memory: Pss", "KiB", 1, 0, "median", "other processes below it")
	define("memory_private_dirty", "Idle memory: private dirty", "KiB", 1, 0, "median", "other processes below it")
	define("memory_page_tables", "Idle memory: page tables", "KiB", 1, 0, "median", "other processes below it")
	define("leak_signals_pss", "Growth of memory by signals: Pss", "KiB", 1, 0, "median", "signals")
	define("leak_signals_private_dirty", "Growth of memory by signals: private dirty", "KiB", 1, 0, "median", "signals")
	define("leak_orphans_pss", "Growth of memory by orphans: Pss", "KiB", 1, 0, "median", "orphans")
	define("leak_orphans_private_dirty", "Growth of memory by orphans: private dirty", "KiB", 1, 0, "median", "orphans")
	define("wakeups", "Wake-ups while idle", "", 1, 0, "median")
	define("lost", "Signals lost at start-up", "", 1, 0, "sum")
	define("calls", "System calls before the command's exec", "", 1, 0, "median")
	define("calls_run", "System calls of a whole run", "", 1, 0, "median")
	define("instructions", "User instructions of a whole run", "", 1, 0, "median")
	kinds = split(ENVIRON["KINDS"], line, "\n")
	for (i = 1; i <= kinds; i++) {
		split(line[i], field, "\t")
		kind[i] = field[2]
		class[kind[i]] = field[1]
	}
	print "measure", "processes", "inits", "init", "count", "p10", "median", "quartiles", "compared", "unit", "class" > summary
}
function define(measure, title_, unit_, divisor_, digits_, compared_, processes_) {
	measures[++measure_count] = measure
	title[measure] = title_
	unit[measure] = unit_
	divisor[measure] = divisor_
	digits[measure] = digits_
	compared[measure] = compared_
	processes[measure] = processes_
}
{
	group = $1 SUBSEP $2 SUBSEP $3 SUBSEP $4
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
		text = text "; " part[1] " " processes[measure]
	if (part[2] > 1)
		text = text "; one of " part[2] " inits"
	return text
}
function with_unit(measure) {
	return unit[measure] == "" ? "" : ", " unit[measure]
}
# How cost grows, as against the measures of one init with one command.
function is_growth(measure, situation,    part) {
	split(situation, part, SUBSEP)
	return part[2] > 1 || (part[1] > 0 && measure !~ /^(reap|leak)/)
}
function is_in(classes, i) {
	return index(" " classes " ", " " class[kind[i]] " ") > 0
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
			shown(spread[group], measure), shown(compared_value[group], measure), unit[measure], class[kind[i]] > summary
	}
}
# The ratios at the end of a row: of own to the floor and to the best peer, or of each of the classes to own.
function ratios(before, classes, to_own,    i, best, line) {
	best = ""
	for (i = 1; i <= kinds; i++) {
		if (to_own && is_in(classes, i))
			line = line " " ratio(compared_value[before kind[i]], compared_value[before own]) " |"
		if (class[kind[i]] == "peer" && ((before kind[i]) in count) && (best == "" || compared_value[before kind[i]] < best))
			best = compared_value[before kind[i]]
	}
	if (to_own)
		return line
	return " " ratio(compared_value[before own], compared_value[before "floor"]) " | " ratio(compared_value[before own], best) " |"
}
# All measures that these classes have, in one table: a row each. If to_own, beside own, and compared with it.
function glance(heading_, classes, growth, to_own,    m, s, i, before, measure, line, rule, ending, columns, here) {
	for (i = 1; i <= kinds; i++)
		if (is_in(classes, i) || (to_own && kind[i] == own)) {
			line = line " " kind[i] " |"
			rule = rule " ---: |"
			if (to_own && kind[i] != own) {
				ending = ending " " kind[i] " ÷ " own " |"
				rule = rule " ---: |"
			}
		}
	line = "| |" line (to_own ? ending : " " own " ÷ floor | " own " ÷ best peer |")
	rule = "| --- |" rule (to_own ? "" : " ---: | ---: |")
	rows = 0
	for (m = 1; m <= measure_count; m++) {
		measure = measures[m]
		for (s = 1; s <= situation_count[measure]; s++) {
			if (growth != "any" && is_growth(measure, situations[measure, s]) != growth)
				continue
			before = measure SUBSEP situations[measure, s] SUBSEP
			here = 0
			columns = ""
			for (i = 1; i <= kinds; i++)
				if (is_in(classes, i) || (to_own && kind[i] == own)) {
					columns = columns " " ((before kind[i]) in count ? shown(compared_value[before kind[i]], measure) : "") " |"
					if (is_in(classes, i) && ((before kind[i]) in count))
						here = 1
				}
			if (!here)
				continue
			if (rows++ == 0)
				print "\n### " heading_ "\n\n" line "\n" rule
			print "| " heading(measure, situations[measure, s]) with_unit(measure) " |" columns ratios(before, classes, to_own)
		}
	}
	if (rows > 0)
		print "\nLatencies are 10th percentiles, lost signals are counted, all others are medians."
}
# With the spread, where there is one: of what is the same each time, the table of all measures says everything.
function table(measure, situation,    i, group, before, several) {
	before = measure SUBSEP situation SUBSEP
	several = 0
	for (i = 1; i <= kinds; i++)
		if (((before kind[i]) in count) && count[before kind[i]] > 3 && measure != "lost" && measure !~ /^(memory|leak)/)
			several = 1
	if (!several)
		return
	print "\n### " heading(measure, situation) "\n"
	print "| init | median" with_unit(measure) " | 10th percentile | between quartiles | runs | ÷ floor | " own " ÷ it |"
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
# Sizes on all machines.
function machines(    i, size, size_xz, rows) {
	for (i = 1; i <= kinds; i++) {
		if (class[kind[i]] != "machine")
			continue
		if (rows++ == 0)
			print "\n### Sizes on all machines\n\n| machine | bytes | compressed by xz -9e |\n| --- | ---: | ---: |"
		size = "size" SUBSEP "0" SUBSEP "1" SUBSEP kind[i]
		size_xz = "size_xz" SUBSEP "0" SUBSEP "1" SUBSEP kind[i]
		print "| " kind[i] " | " compared_value[size] " | " compared_value[size_xz] " |"
	}
}
END {
	for (m = 1; m <= measure_count; m++)
		for (s = 1; s <= situation_count[measures[m]]; s++)
			evaluate(measures[m], situations[measures[m], s])
	glance("All measures", "floor own peer also", 0, 0)
	glance("How cost grows", "floor own peer also", 1, 0)
	glance("With glibc", "build", "any", 1)
	glance("Inits that supervise services", "service", "any", 1)
	machines()
	for (m = 1; m <= measure_count; m++)
		for (s = 1; s <= situation_count[measures[m]]; s++)
			if (!is_growth(measures[m], situations[measures[m], s]))
				table(measures[m], situations[measures[m], s])
}
