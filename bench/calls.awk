# From lines "# call", init, who, number: which system calls were made before the command was executed, and how often each.
# Takes names: a file of numbers and names.
BEGIN {
	FS = "\t"
	while ((getline line < names) > 0) {
		split(line, field, "\t")
		name[field[1]] = field[2]
	}
}
{
	if (!($2 in length_of))
		kind[++kinds] = $2
	call = ($4 in name ? name[$4] : $4) ($3 == "child" ? " (c)" : "")
	if (!seen[$2, call]++)
		list[$2, ++length_of[$2]] = call
}
END {
	if (kinds == 0)
		exit
	print "\n### System calls before the command, one by one\n"
	print "(c): the child's, between its making and its exec.\n"
	print "| init | calls |"
	print "| --- | --- |"
	for (i = 1; i <= kinds; i++) {
		line = ""
		for (j = 1; j <= length_of[kind[i]]; j++) {
			call = list[kind[i], j]
			times = seen[kind[i], call]
			line = line (j > 1 ? ", " : "") call (times > 1 ? " × " times : "")
		}
		print "| " kind[i] " | " line " |"
	}
}
