"""Gateways that send forms, queries and XML."""

from .requests import Request, received, reported

FORMS = (
    Request("Africa's Talking", "sms", "linkId=0309&text=Msg&to=21512&id=ec9adc86&date=2026-05-03T06%3A04%3A45Z"
        "&from=%2B254791541111", received("+254791541111", "21512", "Msg", "ec9adc86")),
    Request("Africa's Talking", "status", "id=ATXid_1&status=Success&phoneNumber=%2B254711555012&networkCode=63902"
        "&retryCount=0", reported("+254711555012", "ATXid_1", "delivered")),
    Request("Africa's Talking", "status", "id=ATXid_2&status=Failed&phoneNumber=%2B254711555013"
        "&failureReason=AbsentSubscriber", reported("+254711555013", "ATXid_2", "failed")),
    Request("Bongo Live", "sms", "msgtype=1&id=12345678&message=Msg&sourceaddr=254791541111",
        received("+254791541111", "", "Msg", "12345678")),
    Request("Bongo Live", "status", "msgtype=5&dlrid=12345&status=1", reported("", "12345")),
    Request("BurstSMS", "sms", "?mobile=61415550123&response=Msg&message_id=1977&longcode=61427550142",
        received("+61415550123", "+61427550142", "Msg", "1977")),
    Request("BurstSMS", "status", "?message_id=19835&recipient_id=7&status=soft-bounce",
        reported("", "19835", "sending")),
    Request("Chikka", "sms", "message_type=incoming&mobile_number=639178020779&request_id=4004&message=Hello"
        "&timestamp=1457670059.69&shortcode=2020", received("+639178020779", "2020", "Hello", "4004")),
    Request("Chikka", "status", "message_type=outgoing&message_id=10&status=SENT&shortcode=2020",
        reported("", "10", "sent", "2020")),
    Request("Clickatell (classic)", "sms", "?api_id=1&moMsgId=ab12&from=27835550142&to=27825550123&text=Hi"
        "&timestamp=2026-08-06+09%3A43%3A50", received("+27835550142", "+27825550123", "Hi", "ab12")),
    Request("Clickatell (classic)", "status", "?api_id=1&apiMsgId=996f&cliMsgId=c1&to=27835550142&timestamp=1218007814"
        "&from=27825550123&status=003&charge=0.3", reported("+27835550142", "996f", "", "+27825550123")),
    Request("DartMedia", "sms", "?userid=u&password=p&original=6289881134560&sendto=2020&message=Msg&messageid=foo",
        received("+6289881134560", "2020", "Msg", "foo")),
    Request("DartMedia", "status", "?status=10&messageid=12345", reported("", "12345")),
    Request("DMark", "sms", "msisdn=256785550123&text=Msg&short_code=2020&tstamp=2026-10-26T15%3A51%3A32%2B00%3A00",
        received("+256785550123", "2020", "Msg")),
    Request("Exotel", "status", "SmsSid=6dd5&To=%2B919812345678&Status=failed-dnd&SmsUnits=1&DetailedStatus=DND"
        "&DateSent=2026-10-12+11%3A00%3A00", reported("+919812345678", "6dd5", "failed")),
    Request("Exotel", "sms", "?SmsSid=6dd5&From=09812345678&To=09512345678&Date=2026-10-12&Body=hello",
        received("09812345678", "09512345678", "hello", "6dd5")),
    Request("46elks", "sms", "direction=incoming&id=sf8425&from=%2B46706861004&to=%2B46766861004&message=Hello",
        received("+46706861004", "+46766861004", "Hello", "sf8425")),
    Request("46elks", "status", "id=s70df&status=delivered&delivered=2026-10-12T11%3A00%3A00",
        reported("", "s70df", "delivered")),
    Request("Gupshup", "status", "?externalId=3551-9&deliveredTS=1396337820&status=FAIL&phoneNo=919892488888"
        "&cause=ABSENT_SUBSCRIBER&errCode=001", reported("+919892488888", "3551-9", "failed")),
    Request("HighConnection", "sms", "?FROM=%2B33610346460&TO=5151&MESSAGE=Hello&RECEPTION_DATE=2026-04-02T14%3A"
        "26%3A06",
        received("+33610346460", "5151", "Hello")),
    Request("HighConnection", "status", "?ret_id=12345&status=6", reported("", "12345")),
    Request("Hormuud", "sms", "?Sender=%2B2525550123&MessageText=Join&TimeSent=20260418&ShortCode=2020",
        received("+2525550123", "2020", "Join")),
    Request("Hubtel", "sms", "?From=%2B233245550123&To=1402&Content=vote+1&Id=h-1",
        received("+233245550123", "1402", "vote 1", "h-1")),
    Request("I2SMS", "sms", "message=Msg&mobile=12065551212", received("+12065551212", "", "Msg")),
    Request("Jasmin", "sms", "id=jas-0&from=2349067554729&to=2349067554711&content=Hi&origin-connector=c&coding=0",
        received("+2349067554729", "+2349067554711", "Hi", "jas-0")),
    Request("Jasmin", "status", "id=jas-1&message_status=ACCEPTD&level=3&id_smsc=1&sub=001&dlvrd=000&err=000",
        reported("", "jas-1", "sending")),
    Request("Jasmin", "status", "id=jas-1&message_status=DELIVRD&level=3&id_smsc=1&sub=001&dlvrd=001&err=000",
        reported("", "jas-1", "delivered")),
    Request("Jasmin", "status", "id=jas-2&message_status=UNDELIV&level=3&err=021",
        reported("", "jas-2", "undelivered")),
    Request("Kaleyra", "sms", "?created_at=1603914166&type=text&from=14133881111&name=John&body=Hello",
        received("+14133881111", "", "Hello")),
    Request("Kaleyra", "status", "?id=58f86fab%3A0&status=read", reported("", "58f86fab:0", "read")),
    Request("Kannel", "sms", "?backend=NIG_MTN&sender=%2B2349067554729&message=Join&ts=1493735509&id=asdf&to=24453",
        received("+2349067554729", "24453", "Join", "asdf")),
    Request("Kannel", "status", "?id=12345&status=8", reported("", "12345")),
    Request("M3Tech", "sms", "?from=%2B923161909799&text=hello+world", received("+923161909799", "", "hello world")),
    Request("Macrokiosk", "sms", "longcode=2020&msisdn=%2B60124361111&text=Hello&msgid=abc1&time=2026-03-3019%3A"
        "33%3A06",
        received("+60124361111", "2020", "Hello", "abc1")),
    Request("Macrokiosk", "status", "msgid=12345&status=PROCESSING", reported("", "12345", "sending")),
    Request("mTarget", "sms", "Content=hello&Msisdn=%2B923161909799&Keyword=Default&MsgId=12a7",
        received("+923161909799", "", "hello", "12a7")),
    Request("mTarget", "status", "MsgId=12a7&Status=3", reported("", "12a7")),
    Request("Route Mobile", "status", "?sSender=BRAND&sMobileNo=919812345678&sStatus=DELIVRD&sMessageId=rm-1"
        "&dtSubmit=2026-01-02+03%3A04%3A05", reported("+919812345678", "rm-1", "delivered", "BRAND")),
    Request("Shaqodoon", "sms", "?from=%2B2349067554729&text=Join", received("+2349067554729", "", "Join")),
    Request("SMSCentral", "sms", "mobile=9771234567890&message=Msg", received("+9771234567890", "", "Msg")),
    Request("SMSGlobal", "sms", "?to=61427550142&from=61415550123&msg=Hi&date=2026-01-02+03%3A04%3A05",
        received("+61415550123", "+61427550142", "Hi")),
    Request("SMSGlobal", "status", "?msgid=6942744494999745&dlrstatus=EXPIRED&dlr_err=000&donedate=0801310501",
        reported("", "6942744494999745", "expired")),
    Request("SMSPortal", "status", "?ID=322004213&EventID=32433326&Phonenumber=27830123456&DataType=SMS&Status=DELIVRD",
        reported("+27830123456", "322004213", "delivered")),
    Request("Telerivet", "sms", "event=incoming_message&id=SM1&message_type=sms&content=hi&from_number=%2B14155550123"
        "&to_number=%2B19495550142&contact_id=CT1&phone_id=PN1&time_created=1457670059&secret=s",
        received("+14155550123", "+19495550142", "hi", "SM1")),
    Request("Telerivet", "status", "event=send_status&id=SM2&status=not_delivered&secret=s&contact_id=CT1",
        reported("", "SM2", "undelivered")),
    Request("Telesom", "sms", "mobile=252635550123&msg=Join", received("+252635550123", "", "Join")),
    Request("TextAnywhere", "sms", "?Originator=%2B447700900123&Destination=%2B447700900142&Body=Hi&Date=2026010"
        "2&Time=0304",
        received("+447700900123", "+447700900142", "Hi")),
    Request("Textlocal", "sms", "sender=447700900123&content=Hi&inNumber=447700900142&email=&network=O2&msgId=9",
        received("+447700900123", "+447700900142", "Hi", "9")),
    Request("Textlocal", "status", "number=447700900123&status=D&customID=c-1&datetime=2026-01-02+03%3A04%3A05",
        reported("+447700900123")),
    Request("TextMagic", "sms", "id=4832&sender=447700900123&receiver=447700900142&text=Hi&messageTime=2026-01-0"
        "2T03%3A04",
        received("+447700900123", "+447700900142", "Hi", "4832")),
    Request("thinQ", "sms", "message=hello+world&from=12065551234&type=sms&to=12065551212",
        received("+12065551234", "+12065551212", "hello world")),
    Request("thinQ", "status", "guid=1234&status=DELIVRD", reported("", "1234", "delivered")),
    Request("ValueFirst", "status", "?to=919812345678&from=BRAND&status=Delivered&guid=kl1&reason_code=000",
        reported("+919812345678", "kl1", "delivered", "BRAND")),
    Request("Yo!", "sms", "?account=12345&dest=8500&message=Msg&sender=256778021111",
        received("+256778021111", "8500", "Msg")),
    Request("Rails or PHP", "sms", "sms%5Bfrom%5D=%2B14155550123&sms%5Bto%5D=%2B12125550199&sms%5Btext%5D=hi"
        "&sms%5Bid%5D=br-1", received("+14155550123", "+12125550199", "hi", "br-1")),
    Request("Rails or PHP", "status", "messages%5B0%5D%5Bid%5D=a&messages%5B0%5D%5Bstatus%5D=delivered"
        "&messages%5B1%5D%5Bid%5D=b&messages%5B1%5D%5Bstatus%5D=failed",
        reported("", "a", "delivered"), (reported("", "b", "failed"),)),
    Request("Blackmyna", "sms", "?to=1210&from=%2B9779814641111&text=Msg&smsc=NTNepal5002",
        received("+9779814641111", "1210", "Msg")),
    Request("Novo", "sms", "text=Msg&from=18686846481", received("+18686846481", "", "Msg")),
    Request("SMSC.ru", "sms", "phone=79991234567&mes=hi&to=79990001122&sms_id=17&sent=1795899641",
        received("+79991234567", "+79990001122", "hi", "17")),
    Request("SMSAPI", "sms", "sms_to=4879&sms_from=48500600700&sms_text=hi&sms_date=1795899641&username=u&MsgId=52",
        received("+48500600700", "4879", "hi", "52")),
    Request("SMSAPI", "status", "?MsgId=52&status=404&status_name=DELIVERED&idx=&donedate=1795899641&username=u"
        "&to=48500600700&from=ECO", reported("+48500600700", "52", "delivered", "ECO")),
    Request("Clockwork", "status", "?msg_id=AB_12345&status=DELIVRD&detail=0&to=447700900123",
        reported("+447700900123", "AB_12345", "delivered")),
    Request("Voodoo SMS", "status", "?orig=BRAND&dest=447700900123&status=Delivered&timestamp=1795899641"
        "&reference_id=vd-1", reported("+447700900123", "vd-1", "delivered", "BRAND")),
    Request("SMSBroadcast", "status", "?to=61415550123&ref=mine&smsref=1794003&status=Delivered",
        reported("+61415550123", "1794003", "delivered")),
    Request("Cellsynt", "status", "?trackingid=c-1&destination=0046701234567&status=delivered&statusdate=2026",
        reported("+46701234567", "c-1", "delivered")),
    Request("Spryng", "status", "?STATUS=10&REFERENCE=sp-1&MSISDN=31612345678&REASONCODE=0",
        reported("+31612345678", "sp-1")),
    Request("Messente", "status", "?sms_unique_id=me-1&status=DELIVERED&err=0", reported("", "me-1", "delivered")),
    Request("SMSSync", "sms", "from=%2B254711555012&message=hi&message_id=80bf&sent_to=%2B254711000000&secret=s"
        "&device_id=1&sent_timestamp=1795899641377", received("+254711555012", "+254711000000", "hi", "80bf")),
    Request("EnvayaSMS", "sms", "action=incoming&from=%2B14155550123&phone_number=%2B12125550199&message=hi"
        "&message_type=sms&timestamp=1795899641377", received("+14155550123", "+12125550199", "hi")),
    Request("VoIP.ms", "sms", "?to=2125550199&from=4155550123&message=hi&files=&id=11&date=2026-01-01+00%3A00%3A00",
        received("4155550123", "2125550199", "hi", "11")),
    Request("Anveo", "sms", "?from=14155550123&phonenumber=12125550199&message=hi",
        received("+14155550123", "+12125550199", "hi")),
    Request("Kavenegar", "status", "messageid=8792343&status=10", reported("", "8792343")),
    Request("Sipgate", "sms", "event=newSms&from=4915126716517&to=4921100000000&text=hi&messageId=sg-1",
        received("+4915126716517", "+4921100000000", "hi", "sg-1")),
    Request("SMSCountry", "status", "?MessageUUId=u-1&Number=919812345678&Status=DELIVRD&StatusTime=2026-01-02",
        reported("+919812345678", "u-1", "delivered")),
    Request("Cequens", "status", "?messageid=cq-1&status=Undelivered&destination=966512345678",
        reported("+966512345678", "cq-1", "undelivered")),
)  # fmt: skip

XMLS = (
    Request("Click Mobile", "sms", "<request><shortCode>2020</shortCode><mobile>265991555012</mobile><referenceID>gh12"
        "</referenceID><text>Join</text></request>", received("+265991555012", "2020", "Join", "gh12")),
    Request("CM.com", "sms", "<MESSAGES><MSG><FROM>0014155550123</FROM><TO>0012125550199</TO><BODY>Hi</BODY><REF"
        "ERENCE>r-1"
        "</REFERENCE></MSG></MESSAGES>", received("+14155550123", "+12125550199", "Hi", "r-1")),
    Request("Esendex", "sms", "<InboundMessage><Id>e-0</Id><MessageId>e-1</MessageId><AccountId>a</AccountId><Me"
        "ssageText>Hi"
        "</MessageText><From>447700900123</From><To>447700900142</To></InboundMessage>",
        received("+447700900123", "+447700900142", "Hi", "e-1")),
    Request("Esendex", "status", "<MessageDelivered><Id>e-2</Id><MessageId>e-3</MessageId><AccountId>a</AccountI"
        "d><OccurredAt>"
        "2026-01-02T03:04:05</OccurredAt></MessageDelivered>", reported("", "e-3", "delivered")),
    Request("Play Mobile", "sms", '<sms-request><message id="11" msisdn="998999999991" submit-date="2026-11-22 1'
        '5:10:32">'
        '<content type="text/plain">One</content></message><message id="12" msisdn="998999999992" submit-date='
        '"2026-11-22 15:10:32"><content type="text/plain">Two</content></message></sms-request>',
        received("+998999999991", "", "One", "11"), (received("+998999999992", "", "Two", "12"),)),
    # The id of the request stands in an object beside the message, so it is not taken for that of the message.
    Request("Start Mobile", "sms", "<message><service type='sms' timestamp='1450450974' auth='a' request_id='15'"
        "/><from>"
        "+12067799294</from><to>1020</to><body content-type='c' encoding='e'>Hello</body></message>",
        received("+12067799294", "1020", "Hello")),
    Request("PSWinCom", "sms", "<MSGLST><MSG><ID>1</ID><TEXT>One</TEXT><RCV>2270</RCV><SND>4479234567801</SND></MSG>"
        "<MSG><ID>2</ID><TEXT>Two</TEXT><RCV>2270</RCV><SND>4479234567802</SND></MSG></MSGLST>",
        received("+4479234567801", "2270", "One", "1"), (received("+4479234567802", "2270", "Two", "2"),)),
)  # fmt: skip
