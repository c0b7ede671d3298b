"""Direction words: what gives a figure beside it its sign; word lists only."""

_NOT_BOUND = (
    r"(?! (?:the |an? )?(?:$|\d|[$€+−-]|half\b|quarter\b|third\b|fifth\b|point\b|percent"
    r"|one\b(?! of)|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b|eleven\b"
    r"|twelve\b|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety))"
)
"""Right before a number these words bound it and say nothing of a direction."""
UP = (
    r"up|rose|ris(?:e|es|en|ing)|gain(?:s|ed|ing)?|climb\w*|advanc\w*|add(?:s|ed|ing)|jump\w*"
    r"|surg\w*"
    rf"|rall(?:y|ied|ies|ying)|higher|above{_NOT_BOUND}|ahead|beat|beats|beating|beaten|led|lead"
    rf"|leads|leading"
    r"|outperform\w*|outpac\w*|put on|tack(?:ed|s|ing) on|pick(?:ed|s) up|chalk(?:ed|s) up"
    r"|exceed\w*|firm(?:ed|s|er)|strengthen\w*|boost\w*|swell\w*|bounc\w*|rebound\w*|return(?:s"
    r"|ed)?|returning|won|recover\w*|soar\w*|improv\w*"
    r"|increas\w*|outran|topp(?:ed|ing)|extra|firmer|dearer|stronger|richer|leap\w*|leapt|spik\w+"
    r"|vault\w*|fatter|in credit|to the good|pocket(?:ed|s)|perk\w*|prosper\w*|thriv\w+|throve"
    r"|cheered|brightened|swell\w*|swollen|made|makes|made good|grew|grown|grows"
)
DOWN = (
    r"down|fell|fall|falls|fallen|falling|lost|lose|loses|losing|loss|losses|drop\w*|declin\w*"
    r"|slid|slide|slides"
    r"|sliding|slip\w*|shed|sheds|shedding|lower"
    rf"|below{_NOT_BOUND}|under{_NOT_BOUND}|behind|trail\w*|lag|lags|lagged"
    r"|lagging|sank|sink"
    r"|sinks|sunk|sinking|tumbl\w*|plung\w*|slump\w*|retreat\w*|eas(?:ed|es|ing)|dip|dips|dipped"
    r"|gave up|g(?:ave|ive|ives|iven) back"
    rf"|short of{_NOT_BOUND}|shy of{_NOT_BOUND}|off|drawdown|decreas\w*|crash\w*|sold off"
    rf"|underperform\w*|surrender\w*"
    r"|discount|beneath"
    r"|adrift of|weaken\w*|shrank|cost|shav(?:ed|es)|tak(?:en|es) off|knocked off|wiped off"
    r"|in the hole|to the bad|plummet\w*|crater\w*|worse off|poorer|soften\w*|softer|cheaper"
    r"|lighter|in arrears|out of pocket|sag\w*|wilt\w*|flop\w*|tank(?:ed|s)|skid\w*|bled|bleeds?"
    r"|nosediv\w+|dived|dove|wither\w*|fad(?:ed|es|ing)|nurs(?:ed|es|ing)|haemorrhag\w+|melted"
    r"|(?:Fed|rates?|range|it) (?:has |was |were )?(?:cut|lowered|trimmed)|toppl\w+|crumbl\w+"
    r"|dent(?:ed|s)?|mislaid|docked|clipped|coughed up|came off|come off"
)
NEUTRAL = (
    r"gap|margin|difference|apart|between|swing|swings|move[ds]?|range|within|change[sd]?"
    r"|changing|separat\w*|spread|volatility"
)
"""Words that say a figure is a size and no change."""
