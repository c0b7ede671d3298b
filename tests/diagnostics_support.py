"""What mail servers really say, with the class that the policy's rows give it.

Collected from servers' and providers' own published lists of replies. The class follows the
policy in docs/delivery.md, row by row; it was written down before the program's own answer.
"""

# ruff: noqa: E501 - as it was said, in one piece

HARD, BLOCK, SOFT = "hard", "block", "soft"

SAID = [
    # Gmail
    (HARD, "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos or unnecessary spaces. For more information, go to https://support.google.com/mail/?p=NoSuchUser a1-20020a170902b58100b001 - gsmtp"),
    (HARD, "550 5.2.1 The email account that you tried to reach is disabled. Learn more at https://support.google.com/mail/?p=DisabledUser - gsmtp"),
    (SOFT, "552-5.2.2 The recipient's inbox is out of storage space. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm - gsmtp"),
    (SOFT, "452-4.2.2 The recipient's inbox is out of storage space and inactive. - gsmtp"),
    (BLOCK, "550-5.7.26 Your email has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM. - gsmtp"),
    (BLOCK, "550-5.7.1 [192.0.2.1 12] Our system has detected that this message is likely unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been blocked. - gsmtp"),
    (BLOCK, "550-5.7.25 [192.0.2.1] The IP address sending this message does not have a PTR record setup. - gsmtp"),
    (BLOCK, "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your SPF domain. To protect our users from spam, mail has been temporarily rate limited. - gsmtp"),
    (SOFT, "450-4.2.1 The user you are trying to contact is receiving mail too quickly. Please resend your message at a later time. - gsmtp"),
    (SOFT, "421-4.3.0 Temporary System Problem. Try again later. - gsmtp"),
    # Microsoft
    (HARD, "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [BL6PEPF0001AB53.namprd02.prod.outlook.com]"),
    (HARD, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient [address] not found by SMTP address lookup"),
    (BLOCK, "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140)."),
    (BLOCK, "550 5.7.515 Access denied, sending domain example.com does not meet the required authentication level."),
    (BLOCK, "550 5.7.606 Access denied, banned sending IP [192.0.2.1]."),
    (SOFT, "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; Failed to process message"),
    (SOFT, "550 5.4.300 Message expired -> 421 4.4.1 Connection timed out"),
    (SOFT, "451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)"),
    # Yahoo, AOL
    (HARD, "554 5.1.1 delivery error: dd This user doesn't have a yahoo.com account ([address]) [0] - mta1234.mail.gq1.yahoo.com"),
    (HARD, "554 delivery error: dd This user doesn't have a yahoo.com account [-5] - mta4210.mail.gq1.yahoo.com"),
    (BLOCK, "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list; see https://postmaster.yahooinc.com/error-codes"),
    (BLOCK, "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes"),
    (SOFT, "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume; see https://postmaster.yahooinc.com/error-codes"),
    (SOFT, "552 1 Requested mail action aborted, mailbox not found or full: over quota"),
    # Postfix
    (HARD, "550 5.1.1 <[address]>: Recipient address rejected: User unknown in local recipient table"),
    (HARD, "550 5.1.1 <[address]>: Recipient address rejected: User unknown in virtual mailbox table"),
    (HARD, "550 5.1.2 <[address]>: Recipient address rejected: Domain not found"),
    (SOFT, "450 4.1.1 <[address]>: Recipient address rejected: unverified address: Address lookup failed"),
    (SOFT, "450 4.2.0 <[address]>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html"),
    (BLOCK, "554 5.7.1 <[address]>: Relay access denied"),
    (BLOCK, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1"),
    (BLOCK, "550 5.1.8 <[address]>: Sender address rejected: Domain not found"),
    (SOFT, "452 4.3.1 Insufficient system storage"),
    (SOFT, "4.4.7 delivery temporarily suspended: connect to mx.example.org[192.0.2.1]:25: Connection timed out"),
    (SOFT, "5.4.7 Delivery expired (message too old)"),
    (SOFT, "552 5.2.2 <[address]>: user is over quota"),
    (SOFT, "550 5.2.2 <[address]>: Mailbox is full"),
    (BLOCK, "552 5.3.4 Message rejected because of its spam score"),
    # Exim
    (HARD, "550 Unrouteable address"),
    (HARD, "550 No such user here"),
    (HARD, "550 No Such User Here"),
    (HARD, "550 unknown user"),
    (BLOCK, "550 JunkMail rejected - mail.example.com [192.0.2.1] is in an RBL: https://www.spamhaus.org/sbl/query/SBL1"),
    (BLOCK, "550 This message was classified as SPAM and may not be delivered"),
    (SOFT, "retry timeout exceeded"),
    # qmail and its children
    (HARD, "Sorry, no mailbox here by that name. (#5.1.1)"),
    (HARD, "550 sorry, no mailbox here by that name (#5.1.1 - chkuser)"),
    (HARD, "Sorry, I couldn't find any host named nowhere.example. (#5.1.2)"),
    (SOFT, "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1) I'm not going to try again; this message has been in the queue too long."),
    (BLOCK, "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
    # Sendmail, Exchange on premises, others
    (HARD, "550 5.1.1 <[address]>... User unknown"),
    (HARD, "553 5.1.3 <[address]>... Invalid route address"),
    (HARD, "550 5.1.6 Recipient no longer on server: [address]"),
    (HARD, "550 mailbox not found"),
    (HARD, "550 Requested action not taken: mailbox unavailable"),
    (HARD, "551 not our customer"),
    (HARD, "550 Invalid recipient"),
    (HARD, "550 [address] recipient unknown"),
    (HARD, "550 user is unknown"),
    (BLOCK, "550 5.7.1 Message rejected due to DMARC policy of example.com"),
    (BLOCK, "550 5.7.23 The message was rejected because of Sender Policy Framework violation"),
    (BLOCK, "571 Email from 192.0.2.1 is currently blocked by our spam filter. To be removed from the block list, write to us"),
    (BLOCK, "550 permanent failure for one or more recipients ([address]:blocked)"),
    (BLOCK, "550 High probability of spam"),
    (BLOCK, "554 Your access to this mail system has been rejected due to the sending MTA's poor reputation."),
    (BLOCK, "550 OU-002 (BAY004-MC1F50) Unfortunately, messages from 192.0.2.1 weren't sent; the IP is on a blacklist"),
    (SOFT, "552 Requested mail action aborted: exceeded storage allocation, over quota"),
    (SOFT, "450 Requested mail action not taken: mailbox unavailable"),
    (SOFT, "5.3.0 unspecified mail system problem: local delivery agent failed"),
    (SOFT, "554 5.3.2 System not accepting network messages"),
    (SOFT, "550 no"),
]  # fmt: skip
