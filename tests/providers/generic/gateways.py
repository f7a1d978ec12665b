"""Requests of gateways without a data sheet, in the shapes of their public documentation, with made-up values.

A request is a form, or a query with "?", or JSON, or XML. What is expected: kind, sender, recipient, text, id, status;
"" for nothing, and for an id that is made. A request with several messages has several of them.
"""

from typing import NamedTuple

IN, OUT = "inbound", "status"


class Expected(NamedTuple):
    """One event."""

    kind: str
    sender: str = ""
    recipient: str = ""
    text: str = ""
    message_id: str = ""
    status: str = ""


class Request(NamedTuple):
    """One request; `to`: the URL, "sms" or "status". `also`: further events."""

    gateway: str
    to: str
    content: str
    expected: Expected
    also: tuple[Expected, ...] = ()


def _in(sender: str = "", recipient: str = "", text: str = "", message_id: str = "") -> Expected:
    return Expected(IN, sender, recipient, text, message_id, "received")


def _out(recipient: str = "", message_id: str = "", status: str = "", sender: str = "", text: str = "") -> Expected:
    return Expected(OUT, sender, recipient, text, message_id, status)


FORMS = (
    Request("Africa's Talking", "sms", "linkId=0309&text=Msg&to=21512&id=ec9adc86&date=2026-05-03T06%3A04%3A45Z"
        "&from=%2B254791541111", _in("+254791541111", "21512", "Msg", "ec9adc86")),
    Request("Africa's Talking", "status", "id=ATXid_1&status=Success&phoneNumber=%2B254711555012&networkCode=63902"
        "&retryCount=0", _out("+254711555012", "ATXid_1", "sent")),
    Request("Africa's Talking", "status", "id=ATXid_2&status=Failed&phoneNumber=%2B254711555013"
        "&failureReason=AbsentSubscriber", _out("+254711555013", "ATXid_2", "failed")),
    Request("Bongo Live", "sms", "msgtype=1&id=12345678&message=Msg&sourceaddr=254791541111",
        _in("+254791541111", "", "Msg", "12345678")),
    Request("Bongo Live", "status", "msgtype=5&dlrid=12345&status=1", _out("", "12345")),
    Request("BurstSMS", "sms", "?mobile=61415550123&response=Msg&message_id=1977&longcode=61427550142",
        _in("+61415550123", "+61427550142", "Msg", "1977")),
    Request("BurstSMS", "status", "?message_id=19835&recipient_id=7&status=soft-bounce", _out("", "19835", "sending")),
    Request("Chikka", "sms", "message_type=incoming&mobile_number=639178020779&request_id=4004&message=Hello"
        "&timestamp=1457670059.69&shortcode=2020", _in("+639178020779", "2020", "Hello", "4004")),
    Request("Chikka", "status", "message_type=outgoing&message_id=10&status=SENT&shortcode=2020",
        _out("", "10", "sent", "2020")),
    Request("Clickatell (classic)", "sms", "?api_id=1&moMsgId=ab12&from=27835550142&to=27825550123&text=Hi"
        "&timestamp=2026-08-06+09%3A43%3A50", _in("+27835550142", "+27825550123", "Hi", "ab12")),
    Request("Clickatell (classic)", "status", "?api_id=1&apiMsgId=996f&cliMsgId=c1&to=27835550142&timestamp=1218007814"
        "&from=27825550123&status=003&charge=0.3", _out("+27835550142", "996f", "", "+27825550123")),
    Request("DartMedia", "sms", "?userid=u&password=p&original=6289881134560&sendto=2020&message=Msg&messageid=foo",
        _in("+6289881134560", "2020", "Msg", "foo")),
    Request("DartMedia", "status", "?status=10&messageid=12345", _out("", "12345")),
    Request("DMark", "sms", "msisdn=256785550123&text=Msg&short_code=2020&tstamp=2026-10-26T15%3A51%3A32%2B00%3A00",
        _in("+256785550123", "2020", "Msg")),
    Request("Exotel", "status", "SmsSid=6dd5&To=%2B919812345678&Status=failed-dnd&SmsUnits=1&DetailedStatus=DND"
        "&DateSent=2026-10-12+11%3A00%3A00", _out("+919812345678", "6dd5", "failed")),
    Request("Exotel", "sms", "?SmsSid=6dd5&From=09812345678&To=09512345678&Date=2026-10-12&Body=hello",
        _in("09812345678", "09512345678", "hello", "6dd5")),
    Request("46elks", "sms", "direction=incoming&id=sf8425&from=%2B46706861004&to=%2B46766861004&message=Hello",
        _in("+46706861004", "+46766861004", "Hello", "sf8425")),
    Request("46elks", "status", "id=s70df&status=delivered&delivered=2026-10-12T11%3A00%3A00",
        _out("", "s70df", "delivered")),
    Request("Gupshup", "status", "?externalId=3551-9&deliveredTS=1396337820&status=FAIL&phoneNo=919892488888"
        "&cause=ABSENT_SUBSCRIBER&errCode=001", _out("+919892488888", "3551-9", "failed")),
    Request("HighConnection", "sms", "?FROM=%2B33610346460&TO=5151&MESSAGE=Hello&RECEPTION_DATE=2026-04-02T14%3A"
        "26%3A06",
        _in("+33610346460", "5151", "Hello")),
    Request("HighConnection", "status", "?ret_id=12345&status=6", _out("", "12345")),
    Request("Hormuud", "sms", "?Sender=%2B2525550123&MessageText=Join&TimeSent=20260418&ShortCode=2020",
        _in("+2525550123", "2020", "Join")),
    Request("Hubtel", "sms", "?From=%2B233245550123&To=1402&Content=vote+1&Id=h-1",
        _in("+233245550123", "1402", "vote 1", "h-1")),
    Request("I2SMS", "sms", "message=Msg&mobile=12065551212", _in("+12065551212", "", "Msg")),
    Request("Jasmin", "sms", "id=jas-0&from=2349067554729&to=2349067554711&content=Hi&origin-connector=c&coding=0",
        _in("+2349067554729", "+2349067554711", "Hi", "jas-0")),
    Request("Jasmin", "status", "id=jas-1&message_status=ACCEPTD&level=3&id_smsc=1&sub=001&dlvrd=000&err=000",
        _out("", "jas-1", "sending")),
    Request("Jasmin", "status", "id=jas-1&message_status=DELIVRD&level=3&id_smsc=1&sub=001&dlvrd=001&err=000",
        _out("", "jas-1", "delivered")),
    Request("Jasmin", "status", "id=jas-2&message_status=UNDELIV&level=3&err=021", _out("", "jas-2", "undelivered")),
    Request("Kaleyra", "sms", "?created_at=1603914166&type=text&from=14133881111&name=John&body=Hello",
        _in("+14133881111", "", "Hello")),
    Request("Kaleyra", "status", "?id=58f86fab%3A0&status=read", _out("", "58f86fab:0", "read")),
    Request("Kannel", "sms", "?backend=NIG_MTN&sender=%2B2349067554729&message=Join&ts=1493735509&id=asdf&to=24453",
        _in("+2349067554729", "24453", "Join", "asdf")),
    Request("Kannel", "status", "?id=12345&status=8", _out("", "12345")),
    Request("M3Tech", "sms", "?from=%2B923161909799&text=hello+world", _in("+923161909799", "", "hello world")),
    Request("Macrokiosk", "sms", "longcode=2020&msisdn=%2B60124361111&text=Hello&msgid=abc1&time=2026-03-3019%3A"
        "33%3A06",
        _in("+60124361111", "2020", "Hello", "abc1")),
    Request("Macrokiosk", "status", "msgid=12345&status=PROCESSING", _out("", "12345", "sending")),
    Request("mTarget", "sms", "Content=hello&Msisdn=%2B923161909799&Keyword=Default&MsgId=12a7",
        _in("+923161909799", "", "hello", "12a7")),
    Request("mTarget", "status", "MsgId=12a7&Status=3", _out("", "12a7")),
    Request("Route Mobile", "status", "?sSender=BRAND&sMobileNo=919812345678&sStatus=DELIVRD&sMessageId=rm-1"
        "&dtSubmit=2026-01-02+03%3A04%3A05", _out("+919812345678", "rm-1", "delivered", "BRAND")),
    Request("Shaqodoon", "sms", "?from=%2B2349067554729&text=Join", _in("+2349067554729", "", "Join")),
    Request("SMSCentral", "sms", "mobile=9771234567890&message=Msg", _in("+9771234567890", "", "Msg")),
    Request("SMSGlobal", "sms", "?to=61427550142&from=61415550123&msg=Hi&date=2026-01-02+03%3A04%3A05",
        _in("+61415550123", "+61427550142", "Hi")),
    Request("SMSGlobal", "status", "?msgid=6942744494999745&dlrstatus=EXPIRED&dlr_err=000&donedate=0801310501",
        _out("", "6942744494999745", "expired")),
    Request("SMSPortal", "status", "?ID=322004213&EventID=32433326&Phonenumber=27830123456&DataType=SMS&Status=DELIVRD",
        _out("+27830123456", "322004213", "delivered")),
    Request("Telerivet", "sms", "event=incoming_message&id=SM1&message_type=sms&content=hi&from_number=%2B14155550123"
        "&to_number=%2B19495550142&contact_id=CT1&phone_id=PN1&time_created=1457670059&secret=s",
        _in("+14155550123", "+19495550142", "hi", "SM1")),
    Request("Telerivet", "status", "event=send_status&id=SM2&status=not_delivered&secret=s&contact_id=CT1",
        _out("", "SM2", "undelivered")),
    Request("Telesom", "sms", "mobile=252635550123&msg=Join", _in("+252635550123", "", "Join")),
    Request("TextAnywhere", "sms", "?Originator=%2B447700900123&Destination=%2B447700900142&Body=Hi&Date=2026010"
        "2&Time=0304",
        _in("+447700900123", "+447700900142", "Hi")),
    Request("Textlocal", "sms", "sender=447700900123&content=Hi&inNumber=447700900142&email=&network=O2&msgId=9",
        _in("+447700900123", "+447700900142", "Hi", "9")),
    Request("Textlocal", "status", "number=447700900123&status=D&customID=c-1&datetime=2026-01-02+03%3A04%3A05",
        _out("+447700900123")),
    Request("TextMagic", "sms", "id=4832&sender=447700900123&receiver=447700900142&text=Hi&messageTime=2026-01-0"
        "2T03%3A04",
        _in("+447700900123", "+447700900142", "Hi", "4832")),
    Request("thinQ", "sms", "message=hello+world&from=12065551234&type=sms&to=12065551212",
        _in("+12065551234", "+12065551212", "hello world")),
    Request("thinQ", "status", "guid=1234&status=DELIVRD", _out("", "1234", "delivered")),
    Request("ValueFirst", "status", "?to=919812345678&from=BRAND&status=Delivered&guid=kl1&reason_code=000",
        _out("+919812345678", "kl1", "delivered", "BRAND")),
    Request("Yo!", "sms", "?account=12345&dest=8500&message=Msg&sender=256778021111",
        _in("+256778021111", "8500", "Msg")),
    Request("Rails or PHP", "sms", "sms%5Bfrom%5D=%2B14155550123&sms%5Bto%5D=%2B12125550199&sms%5Btext%5D=hi"
        "&sms%5Bid%5D=br-1", _in("+14155550123", "+12125550199", "hi", "br-1")),
    Request("Rails or PHP", "status", "messages%5B0%5D%5Bid%5D=a&messages%5B0%5D%5Bstatus%5D=delivered"
        "&messages%5B1%5D%5Bid%5D=b&messages%5B1%5D%5Bstatus%5D=failed",
        _out("", "a", "delivered"), (_out("", "b", "failed"),)),
)  # fmt: skip

JSONS = (
    Request("Aircall", "sms", '{"resource": "message", "event": "message.received", "timestamp": 1595428232, "to'
        'ken": "t",'
        ' "data": {"id": "am1", "direction": "inbound", "raw_digits": "+14155550123", "body": "Hi", "status": "r'
        'eceived",'
        ' "number": {"id": 7, "name": "Main", "digits": "+1 949-555-0142"}, "contact": null}}',
        _in("+14155550123", "+19495550142", "Hi", "am1")),
    Request("Alibaba", "status", '[{"To": "85212345555", "Status": "1", "MessageId": "12345678901", "SmsSize": "1"},'
        ' {"To": "85212345556", "Status": "2", "MessageId": "12345678902", "ErrorCode": "X"}]',
        _out("+85212345555", "12345678901"), (_out("+85212345556", "12345678902"),)),
    Request("Alibaba (reports)", "status", '[{"phone_number": "8613900000001", "send_time": "2026-01-01 11:12:13",'
        ' "report_time": "2026-02-02 22:23:24", "success": true, "err_code": "DELIVERED", "err_msg": "ok",'
        ' "sms_size": "1", "biz_id": "932702304080415357^0", "out_id": "1184585343"}]',
        _out("+8613900000001", "932702304080415357^0", "delivered")),
    Request("Android SMS Gateway", "sms", '{"deviceId": "ffff", "event": "sms:received", "id": "Ey6E", "payload":'
        ' {"messageId": "abc123", "message": "Hi", "phoneNumber": "+14155550123", "simNumber": 1, "receivedAt":'
        ' "2026-11-28T13:00:00.000-08:00"}, "webhookId": "wh-1"}', _in("+14155550123", "", "Hi", "abc123")),
    Request("Android SMS Gateway", "sms", '{"deviceId": "ffff", "event": "sms:delivered", "id": "Ey6F", "payload":'
        ' {"messageId": "m-9", "phoneNumber": "+14155550123", "deliveredAt": "2026-11-28T13:00:00.000-08:00"}}',
        _out("+14155550123", "m-9", "delivered")),
    Request("Azure Event Grid", "sms", '[{"id": "e1", "topic": "/subscriptions/x", "subject": "/phonenumber/1555'
        '5555555",'
        ' "data": {"messageId": "In_1", "from": "+14155550123", "to": "+12125550199", "message": "Hi",'
        ' "receivedTimestamp": "2026-11-28T21:00:45Z"}, "eventType": "Microsoft.Communication.SMSReceived"}]',
        _in("+14155550123", "+12125550199", "Hi", "In_1")),
    Request("Azure Event Grid", "status", '[{"id": "o1", "data": {"messageId": "Out_1", "from": "+12125550199", "to":'
        ' "+14155550123", "deliveryStatus": "Delivered", "deliveryStatusDetails": "No error.", "deliveryAttempts":'
        ' [{"timestamp": "2026-11-28T21:00:45Z", "segmentsSucceeded": 1}]}, "eventType":'
        ' "Microsoft.Communication.SMSDeliveryReportReceived"}, {"id": "o2", "data": {"messageId": "Out_2", "from":'
        ' "+12125550199", "to": "+14155550124", "deliveryStatus": "Failed", "deliveryAttempts": []}}]',
        _out("+14155550123", "Out_1", "delivered", "+12125550199"),
        (_out("+14155550124", "Out_2", "failed", "+12125550199"),)),
    Request("BulkSMS", "sms", '[{"id": "7654", "type": "RECEIVED", "from": "27831234567", "to": "27831112222", "'
        'body": "Hi",'
        ' "relatedSentMessageId": null, "status": {"id": "DELIVERED.null", "type": "DELIVERED", "subtype": null}}]',
        _in("+27831234567", "+27831112222", "Hi", "7654")),
    Request("BulkSMS", "status", '[{"id": "7655", "type": "SENT", "from": "27831112222", "to": "27831234567", "b'
        'ody": "Hi",'
        ' "status": {"id": "FAILED.EXPIRED", "type": "FAILED", "subtype": "EXPIRED"}, "submission": {"id": "2-000"}}]',
        _out("+27831234567", "7655", "failed", "+27831112222", "Hi")),
    Request("Clickatell", "sms", '{"messageId": "1234", "fromNumber": "250788383383", "timestamp": 1516217711000'
        ', "text":'
        ' "Hello", "charset": "UTF-8", "toNumber": "2020"}', _in("+250788383383", "2020", "Hello", "1234")),
    Request("Clickatell", "status", '{"messageId": "msg1", "statusCode": 5}', _out("", "msg1")),
    Request("Clickatell", "sms", '{"messageId": "msg1", "statusCode": 5, "status": "DELIVERED_TO_GATEWAY"}',
        _out("", "msg1", "sent")),
    Request("CM.com", "sms", '{"from": {"number": "0031612345678", "name": "x"}, "to": {"number": "3535"}, "message":'
        ' {"text": "Hi", "media": {}}, "reference": "cm-1", "timeUtc": "2026-01-02T03:04:05", "channel": "SMS"}',
        _in("+31612345678", "3535", "Hi", "cm-1")),
    Request("CM.com", "status", '{"messages": {"msg": {"received": "2026-01-02T03:04:05", "to": "0031612345678",'
        ' "reference": "cm-2", "status": {"code": "2", "errorCode": "", "errorDescription": "Delivered"}}}}',
        _out("+31612345678", "cm-2", "delivered")),
    Request("D7 Networks", "status", '{"request_id": "r-1", "msg_id": "d7-1", "recipient": "+97150900878", "status":'
        ' "delivered", "dlr_code": 1}', _out("+97150900878", "d7-1", "delivered")),
    Request("Dialpad", "sms", '{"id": 4785, "created_date": 1795899641377, "direction": "inbound", "target": {"id": 6,'
        ' "type": "user", "phone_number": "+14155550199"}, "contact": {"id": "c", "name": "N", "phone_number":'
        ' "+14155550123"}, "sender_id": null, "from_number": "+14155550123", "to_number": ["+12125550199"], "mms":'
        ' false, "message_status": "pending", "text": "Hi"}', _in("+14155550123", "+12125550199", "Hi", "4785")),
    Request("Dialpad", "sms", '{"id": 4786, "direction": "outbound", "from_number": "+12125550199", "to_number":'
        ' ["+14155550123"], "message_status": "undelivered", "text": "Hi"}',
        _out("+14155550123", "4786", "undelivered", "+12125550199", "Hi")),
    Request("EZ Texting", "sms", '{"id": "ez1", "type": "inbound_text.received", "fromNumber": "14155550123", "t'
        'oNumber":'
        ' "19495550142", "message": "Hi", "received": "2026-01-02T03:04:05Z"}',
        _in("+14155550123", "+19495550142", "Hi", "ez1")),
    Request("GatewayAPI", "sms", '{"id": 1000001, "msisdn": 4587654321, "receiver": 451204, "message": "foo Hi",'
        ' "senttime":'
        ' 1450000000, "webhook_label": "test", "sender": null, "mcc": null}',
        _in("4587654321", "451204", "foo Hi", "1000001")),
    Request("GatewayAPI", "status", '{"id": 1000001, "msisdn": 4512345678901, "time": 1450000000, "status": "UND'
        'ELIVERABLE",'
        ' "userref": "foobar", "charge_status": "NOCHARGE", "code": "0x0"}',
        _out("+4512345678901", "1000001", "undelivered")),
    Request("Globe", "sms", '{"inboundSMSMessageList": {"inboundSMSMessage": [{"dateTime": "Sat Nov 28 2026 21:0'
        '0:00 GMT",'
        ' "destinationAddress": "tel:21585555", "messageId": "glb-1", "message": "Hello", "resourceURL": null,'
        ' "senderAddress": "tel:+639175550123"}], "numberOfMessagesInThisBatch": "1", "resourceURL": null}}',
        _in("+639175550123", "21585555", "Hello", "glb-1")),
    Request("Gupshup", "sms", '{"app": "A", "timestamp": 1580227766370, "version": 2, "type": "message", "payloa'
        'd": {"id":'
        ' "ABEG", "source": "919812345678", "type": "text", "payload": {"text": "Hi"}, "sender": {"phone":'
        ' "919812345678", "name": "Drew", "country_code": "91"}}}', _in("+919812345678", "", "Hi", "ABEG")),
    Request("httpSMS", "status", '{"data": {"contact": "+14155550123", "content": "out", "id": "ff31", "owner":'
        ' "+12125550199", "timestamp": "2026-11-28T21:00:08Z"}, "id": "event-2", "source": "/v1/messages/x",'
        ' "specversion": "1.0", "time": "2026-11-28T21:00:08Z", "type": "message.phone.delivered"}',
        _out("+14155550123", "ff31", "delivered", "+12125550199", "out")),
    Request("httpSMS", "sms", '{"data": {"message_id": "f1", "contact": "+14155550123", "content": "in", "owner":'
        ' "+12125550199", "sim": "SIM1"}, "id": "event-1", "source": "/v1/messages/receive", "specversion": "1.0",'
        ' "type": "message.phone.received"}', _in("+14155550123", "+12125550199", "in", "f1")),
    Request("JustCall", "sms", '{"data": {"type": "sms", "direction": "I", "justcall_number": "19254998195", "co'
        'ntact_name":'
        ' "", "contact_number": "+14153901234", "is_contact": 1, "content": "Hello", "signature": "x", "datetime":'
        ' "2026-03-31 23:18:21", "delivery_status": "sent", "requestid": "r", "messageid": 13575421, "is_mms": "0"}}',
        _in("+14153901234", "+19254998195", "Hello", "13575421")),
    Request("JustCall", "status", '{"data": {"type": "sms", "direction": "O", "justcall_number": "19254998195",'
        ' "contact_number": "+14153901234", "content": "Hello", "delivery_status": "delivered", "messageid": 265'
        '23491}}',
        _out("+14153901234", "26523491", "delivered", "+19254998195", "Hello")),
    Request("Karix", "sms", '{"uid": "k-1", "created_time": "2026-01-02T03:04:05Z", "source": "+919812345678", "'
        'destination":'
        ' "+13105550142", "direction": "inbound", "channel": "sms", "content": {"text": "Hi"}}',
        _in("+919812345678", "+13105550142", "Hi", "k-1")),
    Request("LINK Mobility", "sms", '{"id": "l-1", "operator": "no.telia", "source": "+4792345678", "destination'
        '": "2270",'
        ' "userData": "Hi", "useDeliveryReport": false}', _in("+4792345678", "2270", "Hi", "l-1")),
    Request("LINK Mobility", "status", '{"refId": "r", "id": "l-2", "operator": "no.telia", "resultCode": 1001, '
        '"segments":'
        ' 1}', _out("", "l-2")),
    Request("MessageMedia", "sms", '{"account_id": "a", "callback_url": "https://x", "content": "My reply", "dat'
        'e_received":'
        ' "2026-11-28T21:00:00.000Z", "destination_number": "+12125550199", "message_id": "out-1", "metadata": {},'
        ' "reply_id": "16ca", "source_number": "+14155550123", "vendor_account_id": {"account_id": "a"}}',
        _in("+14155550123", "+12125550199", "My reply", "16ca")),
    Request("Meta", "sms", '{"object": "whatsapp_business_account", "entry": [{"id": "8856", "changes": [{"value":'
        ' {"messaging_product": "whatsapp", "metadata": {"display_phone_number": "12125550199", "phone_number_id'
        '": "27"},'
        ' "contacts": [{"profile": {"name": "K"}, "wa_id": "14155550123"}], "messages": [{"from": "14155550123", "id":'
        ' "wamid.1", "timestamp": "1454119029", "text": {"body": "One"}, "type": "text"}, {"from": "14155550124", "id":'
        ' "wamid.2", "timestamp": "1454119029", "text": {"body": "Two"}, "type": "text"}]}, "field": "messages"}]}]}',
        _in("+14155550123", "+12125550199", "One", "wamid.1"),
        (_in("+14155550124", "+12125550199", "Two", "wamid.2"),)),
    Request("MSG91", "status", '[{"senderId": "BRAND", "requestId": "3547", "report": [{"date": "2026-01-02 03:04:05",'
        ' "number": "919812345678", "status": "1", "desc": "DELIVERED"}, {"date": "2026-01-02 03:04:06", "number":'
        ' "919812345679", "status": "2", "desc": "FAILED"}], "userId": "1"}]',
        _out("+919812345678", "", "delivered", "BRAND"), (_out("+919812345679", "", "failed", "BRAND"),)),
    Request("MTN", "sms", '{"id": null, "senderAddress": "242064661201", "receiverAddress": "2020", "message": "Hello",'
        ' "created": 1678794364855, "submittedDate": null}', _in("+242064661201", "2020", "Hello")),
    Request("MTN", "sms", '{"TransactionID": "rrt-58503", "clientCorrelator": "s", "deliveryStatus": "DeliveredT'
        'oTerminal"}',
        _out("", "rrt-58503", "delivered")),
    Request("MTN", "status", '{"TransactionID": "rrt-58504", "clientCorrelator": "s", "deliveryStatus": "Message'
        'Waiting"}',
        _out("", "rrt-58504", "sending")),
    Request("Orange", "sms", '{"inboundSMSMessageNotification": {"callbackData": "c", "inboundSMSMessage": {"dateTime":'
        ' "2026-01-02T03:04:05Z", "destinationAddress": "tel:+22300000000", "messageId": "o-1", "message": "Hi",'
        ' "senderAddress": "tel:+22370555012"}}}', _in("+22370555012", "+22300000000", "Hi", "o-1")),
    Request("Orange", "status", '{"deliveryInfoNotification": {"callbackData": "00bd", "deliveryInfo": {"address":'
        ' "tel:+22370555012", "deliveryStatus": "DeliveryImpossible"}}}', _out("+22370555012", "00bd", "undelivered")),
    Request("Quo", "sms", '{"id": "EV1", "object": "event", "apiVersion": "v3", "type": "message.received", "dat'
        'a": {"object":'
        ' {"id": "AC1", "object": "message", "from": "+14155550123", "to": "+12125550199", "direction": "incoming",'
        ' "body": "Hi", "media": [], "status": "received", "userId": "US1", "phoneNumberId": "PN1", "conversationId":'
        ' "CN1"}}}', _in("+14155550123", "+12125550199", "Hi", "AC1")),
    Request("Quo", "sms", '{"id": "EV2", "object": "event", "type": "message.delivered", "data": {"object": {"id'
        '": "AC2",'
        ' "object": "message", "from": "+12125550199", "to": "+14155550123", "direction": "outgoing", "body": "Hi",'
        ' "status": "delivered"}}}', _out("+14155550123", "AC2", "delivered", "+12125550199", "Hi")),
    Request("RingCentral", "sms", '{"uuid": "71", "event": "/restapi/v1.0/account/1/extension/2/message-store/in'
        'stant?type=SMS",'
        ' "timestamp": "2026-01-02T03:04:05Z", "subscriptionId": "s", "body": {"id": "4084993004", "to": [{"phon'
        'eNumber":'
        ' "+12125550199", "name": "N", "location": "L"}], "from": {"phoneNumber": "+14155550123"}, "type": "SMS",'
        ' "direction": "Inbound", "subject": "Hi", "readStatus": "Unread", "messageStatus": "Received"}}',
        _in("+14155550123", "+12125550199", "Hi", "4084993004")),
    Request("seven", "sms", '{"data": {"id": "681590", "sender": "4915126716517", "system": "4915555550142", "te'
        'xt": "Hello",'
        ' "time": "1614787314"}, "webhook_event": "sms_mo", "webhook_timestamp": "2026-01-02 03:04:05"}',
        _in("+4915126716517", "+4915555550142", "Hello", "681590")),
    Request("seven", "status", '{"data": {"msg_id": "77156", "status": "NOTDELIVERED", "timestamp": "2026-01-02 '
        '03:04:05"},'
        ' "webhook_event": "dlr"}', _out("", "77156", "undelivered")),
    Request("SimpleTexting", "sms", '{"reportItemId": null, "type": "INCOMING_MESSAGE", "webhookId": "w", "values":'
        ' {"messageId": "st1", "text": "Hi", "accountPhone": "12125550199", "contactPhone": "14155550123", "timestamp":'
        ' "2026-01-02T03:04:05Z", "category": "SMS"}}', _in("+14155550123", "+12125550199", "Hi", "st1")),
    Request("SMSPortal", "status", '{"Status": "UNDELIV", "EventId": 1, "Mcc": 655, "Mnc": "01", "MsgCount": 1, '
        '"Msisdn":'
        ' "27830123456", "Received": 1795899641, "UserReference": "u-1"}', _out("+27830123456", "", "undelivered")),
    Request("Surge", "sms", '{"account_id": "acct_1", "type": "message.received", "data": {"id": "msg_1", "body"'
        ': "Hello",'
        ' "attachments": [{"id": "att_1", "type": "image", "url": "https://example.com/a.jpg"}], "received_at":'
        ' "2026-11-28T21:00:00Z", "conversation": {"id": "cnv_1", "phone_number": {"id": "pn_1", "number":'
        ' "+12125550199"}, "contact": {"id": "ctc_1", "phone_number": "+14155550123"}}}}',
        _in("+14155550123", "+12125550199", "Hello", "msg_1")),
    Request("Tencent", "status", '[{"user_receive_time": "2026-10-17 08:03:04", "nationcode": "86", "mobile": "8'
        '613900000001",'
        ' "report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "x", "sid": "t-1"}]',
        _out("+8613900000001", "t-1", "sent")),
    Request("Termii", "sms", '{"type": "outbound", "id": "t1", "message_id": "tm-1", "receiver": "2348012345678"'
        ', "sender":'
        ' "N-Alert", "message": "Hi", "sent_at": "2026-01-02 03:04:05", "status": "DELIVERED", "channel": "generic"}',
        _out("+2348012345678", "tm-1", "delivered", "N-Alert", "Hi")),
    Request("tyntec", "sms", '{"channel": "sms", "messageId": "ty-1", "from": "4915126716517", "to": "4915555550142",'
        ' "receivedAt": "2026-01-02T03:04:05Z", "content": {"contentType": "text", "text": "Hi"}, "event": "MoMe'
        'ssage"}',
        _in("+4915126716517", "+4915555550142", "Hi", "ty-1")),
    Request("Wavy", "sms", '{"id": "ext", "subAccount": "iFood", "campaignAlias": "p", "carrierId": 1, "carrierN'
        'ame": "VIVO",'
        ' "source": "5516981562820", "shortCode": "2020", "messageText": "Eu quero", "receivedAt": 1459991487970,'
        ' "receivedDate": "2026-09-05T12:13:25Z", "mt": {"id": "8be5", "correlationId": "1876", "username": "u"}}',
        _in("+5516981562820", "2020", "Eu quero", "ext")),
    Request("Wavy", "status", '{"id": "58b3", "correlationId": "12345", "sentStatusCode": 2, "sentStatus": "SENT'
        '_SUCCESS ",'
        ' "deliveredStatusCode": 4, "deliveredStatus": "DELIVERED_SUCCESS"}', _out("", "58b3", "delivered")),
    Request("Zenvia", "sms", '{"id": "evt", "timestamp": "2026-05-03T06:04:45Z", "type": "MESSAGE", "message": {'
        '"id": "zm1",'
        ' "from": "254791541111", "to": "2020", "direction": "IN", "contents": [{"type": "text", "text": "Msg"}],'
        ' "visitor": {"name": "Bob"}}}', _in("+254791541111", "2020", "Msg", "zm1")),
    Request("Zenvia", "status", '{"id": "evt", "type": "MESSAGE_STATUS", "channel": "sms", "messageId": "hs76", '
        '"messageStatus":'
        ' {"timestamp": "2026-05-03T06:04:45Z", "code": "REJECTED", "description": "The message was rejected", "'
        'causes":'
        ' []}}', _out("", "hs76", "rejected")),
    Request("Zenvia (2014)", "sms", '{"callbackMoRequest": {"id": "20690090", "mobile": "5551919517110", "shortC'
        'ode": "40001",'
        ' "account": "zenvia.envio", "body": "Msg", "received": "2026-08-26T12:27:08.488-03:00",'
        ' "correlatedMessageSmsId": "hs76"}}', _in("+5551919517110", "40001", "Msg", "20690090")),
    Request("Zenvia (2014)", "status", '{"callbackMtRequest": {"status": "03", "statusMessage": "Delivered", "st'
        'atusDetail":'
        ' "120", "statusDetailMessage": "Message received by mobile", "id": "hs77", "mobileOperatorName": "Claro"}}',
        _out("", "hs77", "delivered")),
    Request("Zipwhip", "sms", '{"body": "Hi", "bodySize": 2, "visible": true, "finalDestination": "18445550142",'
        ' "messageType":'
        ' "MO", "deleted": false, "id": 821, "address": "ptn:/+14155550123", "finalSource": "+14155550123",'
        ' "deviceId": 1}', _in("+14155550123", "+18445550142", "Hi", "821")),
)  # fmt: skip

XMLS = (
    Request("Click Mobile", "sms", "<request><shortCode>2020</shortCode><mobile>265991555012</mobile><referenceID>gh12"
        "</referenceID><text>Join</text></request>", _in("+265991555012", "2020", "Join", "gh12")),
    Request("CM.com", "sms", "<MESSAGES><MSG><FROM>0014155550123</FROM><TO>0012125550199</TO><BODY>Hi</BODY><REF"
        "ERENCE>r-1"
        "</REFERENCE></MSG></MESSAGES>", _in("+14155550123", "+12125550199", "Hi", "r-1")),
    Request("Esendex", "sms", "<InboundMessage><Id>e-0</Id><MessageId>e-1</MessageId><AccountId>a</AccountId><Me"
        "ssageText>Hi"
        "</MessageText><From>447700900123</From><To>447700900142</To></InboundMessage>",
        _in("+447700900123", "+447700900142", "Hi", "e-1")),
    Request("Esendex", "status", "<MessageDelivered><Id>e-2</Id><MessageId>e-3</MessageId><AccountId>a</AccountI"
        "d><OccurredAt>"
        "2026-01-02T03:04:05</OccurredAt></MessageDelivered>", _out("", "e-3", "delivered")),
    Request("Play Mobile", "sms", '<sms-request><message id="11" msisdn="998999999991" submit-date="2026-11-22 1'
        '5:10:32">'
        '<content type="text/plain">One</content></message><message id="12" msisdn="998999999992" submit-date='
        '"2026-11-22 15:10:32"><content type="text/plain">Two</content></message></sms-request>',
        _in("+998999999991", "", "One", "11"), (_in("+998999999992", "", "Two", "12"),)),
    # The id of the request stands in an object beside the message, so it is not taken for that of the message.
    Request("Start Mobile", "sms", "<message><service type='sms' timestamp='1450450974' auth='a' request_id='15'"
        "/><from>"
        "+12067799294</from><to>1020</to><body content-type='c' encoding='e'>Hello</body></message>",
        _in("+12067799294", "1020", "Hello")),
)  # fmt: skip

REQUESTS = (*FORMS, *JSONS, *XMLS)
