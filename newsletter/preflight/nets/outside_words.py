"""Outside words: what is of the world beyond the market's prices; word lists only."""

import re

from newsletter.preflight.scanning.quick import quick

OUTSIDE = frozenset(
    """
    accounting accreditation acquirer acquisition acquittal activist advert advertiser
    advertising adviser advisor affiliate agency agent ailing airliner airport allegation
    alliance allocator allotment ambassador amendment amnesty analyst anonymous antitrust app
    apprenticeship approval arbitration armistice arrest arsenal auction auctioneer audit
    auditor austerity autonomy backlog bail bailiffs bailout ballot bankruptcy barrister
    batteries beige beleaguered bidder billionaire bitcoin blackout blight blizzard blockade
    blockchain blogger bomb bombing bookies booking bookmaker boss bourse boycott breakthrough
    breakup bribe bribery broker brokerage brownout bulletins bunds bureau bureaucrat bushfire
    buyback buyout bylaw cabinet campaigner canal cancellation capex cargo cargoes cartel casino
    ceasefire census ceo cfo chairman chairwoman chancellor charity chatbot chatter chef
    chipmaking cio clamour clampdown clearance clemency clinical closure collaboration collision
    colony columnist commission commissioner committee communique complaint conference
    conglomerate congress congressman congresswoman conscription consortium conspiracy
    constituency constitution consulate consultant consumption container contractor convoy
    corruption council counterbid counteroffer counterparties counterparty coup courthouse
    courtroom courts covenant crackdown creditor crypto cryptocurrencies cryptocurrency curbs
    curfew customers cyberattack cyclone datacentre dealer debtor decree defamation defaults
    defect delegate delegation delinquencies delinquency delisting deliveries demerger democrat
    demographics demonstrator deportation depositor depot derailment deregulation derivatives
    devaluation dictator dictatorship diplomacy diplomat directive director disarmament diseases
    dissent dissenter distributor district divestment docket dogecoin dossier dove downgrade
    downgraded download downtime drilling drone drought drug earthquake economist edict election
    electoral electorate embargo embassy embattled embezzlement emir emirate employees employers
    enactment endorsement endowment engineer entrepreneur envoy epidemic espionage ether
    ethereum eurobond eurozone evacuation eviction executive exemption exports expropriation
    extradition factories factory famine farmer federation felony ferry fertiliser fertilizer
    filibuster filings financier firefighter fiscal flotation flu forecaster foreclosure
    foreigner franchise franchisee fraud frost fundraising furlough gadget gdp geologist
    geopolitics gilt giveaway glitch glut gossip governor grievance grumble guidance gunfire
    hack hacker hailstorm handset harvests hawk headset hearsay heatwave hedgers hiring
    holidaymaker homebuilding homelessness homeowner hotline hurricane immigration impeachment
    importer imports inauguration inbox incident incomes indictment industrialists influencer
    injunction inquest inquiry insider insolvency inspection inspector institute insurrection
    interview invasion inventor inventories inventory investigation invoice ipo ism issuance
    issuer jobseeker journalist jurisdiction keynote kidnapping launch lawmaker lawsuit layoff
    leaker leaner legislation legislator legislature levies licence license licensing
    liquidation liquidator litigation livestock loans lobbyist loophole lorries lorry magistrate
    magnate malware manifesto mayor mediator memecoin merger militant minister ministry
    misconduct missile mogul monsoon moratorium mortgage motorist mudslide mutiny
    nationalisation nato navy negligence negotiation negotiator newswire nomination offering
    offices offshore oilfield ombudsman opec ordinance organiser outage outbreak output
    outsourcing overhaul overseas overtime ownership pact pandemic parliament partnership patent
    paycheck pension pentagon perjury permit philanthropist phone physician pilgrims pipeline
    piracy placement plebiscite pmi poaching police policymaker politburo politician poll
    pollster pope poverty ppi premier premiere preorders president probation probe production
    productivity proposal proposals prosecutor protectionism protester prototype purchases
    quakes quango quota rainstorm ransom ransomware ratification reactor rebate rebellion
    rebrand recruitment recusal redesign redundancies redundancy referendum refinancing
    refineries refinery reform refunding regulation regulator reinsurance rejuvenated relaunch
    relisting remittances rentals rents reorganisation reorganization reparations repatriation
    repayment repo republic republican reservoir reshuffle resignation restatement retaliation
    retiree revenues rig rioting robot robotaxi rollout ruling rumor rumour sabotage sacking
    sanctions sandstorm satellite scam scandal secession selldown senate senator sheikh
    shipments shipwreck shipyard shortage shorts shortsellers showroom shutdown signing
    smartphone smelter snowfall snowstorm sovereign speculation spillage spinoff spokesman
    spokesperson spokeswoman spying stablecoin staffing startup statesman statistician statute
    steelworker stimulus stockbrokers stockpile strategist subcontractor subpoena subsidiary
    subsidies subsidy successor suitor summons supermarket supertanker supplier surpluses survey
    suspension syndicate takeover takings tanker tariff taskforce taxes taxpayers terror
    terrorism testimony thinktank thunderstorm tornado tornadoes toymaker trademark treaties
    treaty tribunal truce trucks trustbuster trustee tsunami tweet tycoon typhoon ultimatum
    underwriter union unionised university unrest unwinding upgrade uprising users vaccine
    vendor vessel veto virus viruses visitors voyage walkout warehouse warfare warships watchdog
    wharf whistleblower wholesaler widow wildfire winterstorm wiretap workers workforce
    writedown writeoff
    """.split()
)
"""People and bodies, law and politics, company news, weather and accidents, the economy.

None of a ledger's facts tells of them. Words that market prose also takes as pictures (a storm,
an army, a verdict) are left out.
"""
NAMED = frozenset(
    """
    January February March April May June July August September October November December Jan Feb
    Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Januarys Februarys Augusts Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday Mondays Tuesdays Wednesdays Thursdays Fridays Mon Tue Wed Thu
    Fri New Year Years Eve Christmas Easter Good Thanksgiving Labor Labour Memorial Independence
    Juneteenth Presidents Veterans Columbus Day Day's Boxing York Street Wall Main Fed Federal
    Reserve Treasury Treasuries Big Tech Magnificent Seven United States America American Mc
    Clellan Bollinger Sharpe Wilder Cboe Nasdaq Dow Jones Russell Standard Poor Mr Mrs Ms Dr
    Lady God Lord The Act Round One Two Three Four Five
    """.split()
)
"""Words with a capital letter that name nobody, or whom every ledger knows."""
PHRASES = quick(
    r"\b(?:(?:finance|operating|executive|legal|investment|technology|sales) chief"
    r"|chief (?:executive|financial|operating|legal|investment|technology|economist|strategist)"
    r"|(?:a|an|its|their|his|her|building|built|buys|bought|sold|raised|cut|took) (?:[\w-]+ )?stake"
    r"(?! in the ground)|sovereign (?:wealth )?funds?|(?:trade|civil|price|drug|gas) wars?|the war"
    r"|(?:trade|peace|merger|takeover|pay|budget|bailout|border) (?:talks?|chatter)"
    r"|data cent(?:re|er)s?|retail sales|pay (?:packet|package|deal|rise|award)|state aid"
    r"|capital rules?|profit warnings?|new issues?|rights issues?|emergency cut"
    r"|(?:interim|sales|trade|jobs|inflation|output|stock|inventory|delivery) (?:figures|data"
    r"|numbers|results)|(?:cut|rise|increase) in (?:[\w-]+ ){0,3}(?:ratio|tax|duty|duties|output"
    r"|quota|production|supply)|(?:of|in|buying|selling|sold|bought) (?:[\w-]+ ){0,2}puts"
    r"|(?!macro|market|price|momentum|valuation)[a-z]+-(?:hit|battered|stricken|charged|fuell?ed"
    r"|driven|backed|stung|torn|plagued|ravaged|wracked|inspired|induced|related|linked|soaked"
    r"|scarred|boosted|lifted|buoyed|hampered|dogged|sponsored)"
    r"|(?:once|much|long|widely|heavily|newly|recently|freshly|little|under|over|most|least)"
    r"-(?!above|below|awaited|run|ago|standing|term|dated|lived|bought|sold|weight)[a-z]+(?:ed|en|wn)"
    r"|to the (?:chagrin|relief|dismay|delight|annoyance|discomfort|surprise|alarm|joy) of"
    r"|(?:dying|final|closing|opening|last|first) (?:minutes|hour|moments|half-hour)"
    r"|at (?:breakfast|lunch|lunchtime|noon|dawn|midnight|midday|teatime|elevenses)"
    r"|(?:private|wealthy|rich|retail|institutional) clients|(?:macro|quant|hedge|trend) funds"
    r"|(?:currency|bond|rates|equity|trading|dealing|options|futures) (?:desks|pits|screens|halls)"
    r"|primary (?:calendar|market|dealers)|busy screens|spring rush|(?:quant|dealers['’]?) books"
    r"|in the (?:low|mid|middle|high|upper)[- ](?:teens|twenties|thirties|forties|fifties|sixties"
    r"|seventies|eighties|nineties)|in one (?:gap|swoop|gulp|bite)|programmes"
    r"|ETF (?:money|flows|assets)|in what (?!we\b|the house\b)(?:[\w-]+ ){1,3}(?:calls?|dubs?"
    r"|terms?)"
    r"|puts (?:changing|traded|outnumber\w*|for every|and calls))(?![\w-])",
    re.IGNORECASE,
)
"""The same in several words, each of which alone may be said of prices."""
