"""Gateways that send JSON."""

from .requests import Request, received, reported

JSONS = (
    Request("Aircall", "sms", '{"resource": "message", "event": "message.received", "timestamp": 1595428232, "to'
        'ken": "t",'
        ' "data": {"id": "am1", "direction": "inbound", "raw_digits": "+14155550123", "body": "Hi", "status": "r'
        'eceived",'
        ' "number": {"id": 7, "name": "Main", "digits": "+1 949-555-0142"}, "contact": null}}',
        received("+14155550123", "+19495550142", "Hi", "am1")),
    Request("Alibaba", "status", '[{"To": "85212345555", "Status": "1", "MessageId": "12345678901", "SmsSize": "1"},'
        ' {"To": "85212345556", "Status": "2", "MessageId": "12345678902", "ErrorCode": "X"}]',
        reported("+85212345555", "12345678901"), (reported("+85212345556", "12345678902"),)),
    Request("Alibaba (reports)", "status", '[{"phone_number": "8613900000001", "send_time": "2026-01-01 11:12:13",'
        ' "report_time": "2026-02-02 22:23:24", "success": true, "err_code": "DELIVERED", "err_msg": "ok",'
        ' "sms_size": "1", "biz_id": "932702304080415357^0", "out_id": "1184585343"}]',
        reported("+8613900000001", "932702304080415357^0", "delivered")),
    Request("Android SMS Gateway", "sms", '{"deviceId": "ffff", "event": "sms:received", "id": "Ey6E", "payload":'
        ' {"messageId": "abc123", "message": "Hi", "phoneNumber": "+14155550123", "simNumber": 1, "receivedAt":'
        ' "2026-11-28T13:00:00.000-08:00"}, "webhookId": "wh-1"}', received("+14155550123", "", "Hi", "abc123")),
    Request("Android SMS Gateway", "sms", '{"deviceId": "ffff", "event": "sms:delivered", "id": "Ey6F", "payload":'
        ' {"messageId": "m-9", "phoneNumber": "+14155550123", "deliveredAt": "2026-11-28T13:00:00.000-08:00"}}',
        reported("+14155550123", "m-9", "delivered")),
    Request("Azure Event Grid", "sms", '[{"id": "e1", "topic": "/subscriptions/x", "subject": "/phonenumber/1555'
        '5555555",'
        ' "data": {"messageId": "In_1", "from": "+14155550123", "to": "+12125550199", "message": "Hi",'
        ' "receivedTimestamp": "2026-11-28T21:00:45Z"}, "eventType": "Microsoft.Communication.SMSReceived"}]',
        received("+14155550123", "+12125550199", "Hi", "In_1")),
    Request("Azure Event Grid", "status", '[{"id": "o1", "data": {"messageId": "Out_1", "from": "+12125550199", "to":'
        ' "+14155550123", "deliveryStatus": "Delivered", "deliveryStatusDetails": "No error.", "deliveryAttempts":'
        ' [{"timestamp": "2026-11-28T21:00:45Z", "segmentsSucceeded": 1}]}, "eventType":'
        ' "Microsoft.Communication.SMSDeliveryReportReceived"}, {"id": "o2", "data": {"messageId": "Out_2", "from":'
        ' "+12125550199", "to": "+14155550124", "deliveryStatus": "Failed", "deliveryAttempts": []}}]',
        reported("+14155550123", "Out_1", "delivered", "+12125550199"),
        (reported("+14155550124", "Out_2", "failed", "+12125550199"),)),
    Request("BulkSMS", "sms", '[{"id": "7654", "type": "RECEIVED", "from": "27831234567", "to": "27831112222", "'
        'body": "Hi",'
        ' "relatedSentMessageId": null, "status": {"id": "DELIVERED.null", "type": "DELIVERED", "subtype": null}}]',
        received("+27831234567", "+27831112222", "Hi", "7654")),
    Request("BulkSMS", "status", '[{"id": "7655", "type": "SENT", "from": "27831112222", "to": "27831234567", "b'
        'ody": "Hi",'
        ' "status": {"id": "FAILED.EXPIRED", "type": "FAILED", "subtype": "EXPIRED"}, "submission": {"id": "2-000"}}]',
        reported("+27831234567", "7655", "failed", "+27831112222", "Hi")),
    Request("Clickatell", "sms", '{"messageId": "1234", "fromNumber": "250788383383", "timestamp": 1516217711000'
        ', "text":'
        ' "Hello", "charset": "UTF-8", "toNumber": "2020"}', received("+250788383383", "2020", "Hello", "1234")),
    Request("Clickatell", "status", '{"messageId": "msg1", "statusCode": 5}', reported("", "msg1")),
    Request("Clickatell", "sms", '{"messageId": "msg1", "statusCode": 5, "status": "DELIVERED_TO_GATEWAY"}',
        reported("", "msg1", "sent")),
    Request("CM.com", "sms", '{"from": {"number": "0031612345678", "name": "x"}, "to": {"number": "3535"}, "message":'
        ' {"text": "Hi", "media": {}}, "reference": "cm-1", "timeUtc": "2026-01-02T03:04:05", "channel": "SMS"}',
        received("+31612345678", "3535", "Hi", "cm-1")),
    Request("CM.com", "status", '{"messages": {"msg": {"received": "2026-01-02T03:04:05", "to": "0031612345678",'
        ' "reference": "cm-2", "status": {"code": "2", "errorCode": "", "errorDescription": "Delivered"}}}}',
        reported("+31612345678", "cm-2", "delivered")),
    Request("D7 Networks", "status", '{"request_id": "r-1", "msg_id": "d7-1", "recipient": "+97150900878", "status":'
        ' "delivered", "dlr_code": 1}', reported("+97150900878", "d7-1", "delivered")),
    Request("Dialpad", "sms", '{"id": 4785, "created_date": 1795899641377, "direction": "inbound", "target": {"id": 6,'
        ' "type": "user", "phone_number": "+14155550199"}, "contact": {"id": "c", "name": "N", "phone_number":'
        ' "+14155550123"}, "sender_id": null, "from_number": "+14155550123", "to_number": ["+12125550199"], "mms":'
        ' false, "message_status": "pending", "text": "Hi"}', received("+14155550123", "+12125550199", "Hi", "4785")),
    Request("Dialpad", "sms", '{"id": 4786, "direction": "outbound", "from_number": "+12125550199", "to_number":'
        ' ["+14155550123"], "message_status": "undelivered", "text": "Hi"}',
        reported("+14155550123", "4786", "undelivered", "+12125550199", "Hi")),
    Request("EZ Texting", "sms", '{"id": "ez1", "type": "inbound_text.received", "fromNumber": "14155550123", "t'
        'oNumber":'
        ' "19495550142", "message": "Hi", "received": "2026-01-02T03:04:05Z"}',
        received("+14155550123", "+19495550142", "Hi", "ez1")),
    Request("GatewayAPI", "sms", '{"id": 1000001, "msisdn": 4587654321, "receiver": 451204, "message": "foo Hi",'
        ' "senttime":'
        ' 1450000000, "webhook_label": "test", "sender": null, "mcc": null}',
        received("4587654321", "451204", "foo Hi", "1000001")),
    Request("GatewayAPI", "status", '{"id": 1000001, "msisdn": 4512345678901, "time": 1450000000, "status": "UND'
        'ELIVERABLE",'
        ' "userref": "foobar", "charge_status": "NOCHARGE", "code": "0x0"}',
        reported("+4512345678901", "1000001", "undelivered")),
    Request("Globe", "sms", '{"inboundSMSMessageList": {"inboundSMSMessage": [{"dateTime": "Sat Nov 28 2026 21:0'
        '0:00 GMT",'
        ' "destinationAddress": "tel:21585555", "messageId": "glb-1", "message": "Hello", "resourceURL": null,'
        ' "senderAddress": "tel:+639175550123"}], "numberOfMessagesInThisBatch": "1", "resourceURL": null}}',
        received("+639175550123", "21585555", "Hello", "glb-1")),
    Request("Gupshup", "sms", '{"app": "A", "timestamp": 1580227766370, "version": 2, "type": "message", "payloa'
        'd": {"id":'
        ' "ABEG", "source": "919812345678", "type": "text", "payload": {"text": "Hi"}, "sender": {"phone":'
        ' "919812345678", "name": "Drew", "country_code": "91"}}}', received("+919812345678", "", "Hi", "ABEG")),
    Request("httpSMS", "status", '{"data": {"contact": "+14155550123", "content": "out", "id": "ff31", "owner":'
        ' "+12125550199", "timestamp": "2026-11-28T21:00:08Z"}, "id": "event-2", "source": "/v1/messages/x",'
        ' "specversion": "1.0", "time": "2026-11-28T21:00:08Z", "type": "message.phone.delivered"}',
        reported("+14155550123", "ff31", "delivered", "+12125550199", "out")),
    Request("httpSMS", "sms", '{"data": {"message_id": "f1", "contact": "+14155550123", "content": "in", "owner":'
        ' "+12125550199", "sim": "SIM1"}, "id": "event-1", "source": "/v1/messages/receive", "specversion": "1.0",'
        ' "type": "message.phone.received"}', received("+14155550123", "+12125550199", "in", "f1")),
    Request("JustCall", "sms", '{"data": {"type": "sms", "direction": "I", "justcall_number": "19254998195", "co'
        'ntact_name":'
        ' "", "contact_number": "+14153901234", "is_contact": 1, "content": "Hello", "signature": "x", "datetime":'
        ' "2026-03-31 23:18:21", "delivery_status": "sent", "requestid": "r", "messageid": 13575421, "is_mms": "0"}}',
        received("+14153901234", "+19254998195", "Hello", "13575421")),
    Request("JustCall", "status", '{"data": {"type": "sms", "direction": "O", "justcall_number": "19254998195",'
        ' "contact_number": "+14153901234", "content": "Hello", "delivery_status": "delivered", "messageid": 265'
        '23491}}',
        reported("+14153901234", "26523491", "delivered", "+19254998195", "Hello")),
    Request("Karix", "sms", '{"uid": "k-1", "created_time": "2026-01-02T03:04:05Z", "source": "+919812345678", "'
        'destination":'
        ' "+13105550142", "direction": "inbound", "channel": "sms", "content": {"text": "Hi"}}',
        received("+919812345678", "+13105550142", "Hi", "k-1")),
    Request("LINK Mobility", "sms", '{"id": "l-1", "operator": "no.telia", "source": "+4792345678", "destination'
        '": "2270",'
        ' "userData": "Hi", "useDeliveryReport": false}', received("+4792345678", "2270", "Hi", "l-1")),
    Request("LINK Mobility", "status", '{"refId": "r", "id": "l-2", "operator": "no.telia", "resultCode": 1001, '
        '"segments":'
        ' 1}', reported("", "l-2")),
    Request("MessageMedia", "sms", '{"account_id": "a", "callback_url": "https://x", "content": "My reply", "dat'
        'e_received":'
        ' "2026-11-28T21:00:00.000Z", "destination_number": "+12125550199", "message_id": "out-1", "metadata": {},'
        ' "reply_id": "16ca", "source_number": "+14155550123", "vendor_account_id": {"account_id": "a"}}',
        received("+14155550123", "+12125550199", "My reply", "16ca")),
    Request("Meta", "sms", '{"object": "whatsapp_business_account", "entry": [{"id": "8856", "changes": [{"value":'
        ' {"messaging_product": "whatsapp", "metadata": {"display_phone_number": "12125550199", "phone_number_id'
        '": "27"},'
        ' "contacts": [{"profile": {"name": "K"}, "wa_id": "14155550123"}], "messages": [{"from": "14155550123", "id":'
        ' "wamid.1", "timestamp": "1454119029", "text": {"body": "One"}, "type": "text"}, {"from": "14155550124", "id":'
        ' "wamid.2", "timestamp": "1454119029", "text": {"body": "Two"}, "type": "text"}]}, "field": "messages"}]}]}',
        received("+14155550123", "+12125550199", "One", "wamid.1"),
        (received("+14155550124", "+12125550199", "Two", "wamid.2"),)),
    Request("MSG91", "status", '[{"senderId": "BRAND", "requestId": "3547", "report": [{"date": "2026-01-02 03:04:05",'
        ' "number": "919812345678", "status": "1", "desc": "DELIVERED"}, {"date": "2026-01-02 03:04:06", "number":'
        ' "919812345679", "status": "2", "desc": "FAILED"}], "userId": "1"}]',
        reported("+919812345678", "", "delivered", "BRAND"), (reported("+919812345679", "", "failed", "BRAND"),)),
    Request("MTN", "sms", '{"id": null, "senderAddress": "242064661201", "receiverAddress": "2020", "message": "Hello",'
        ' "created": 1678794364855, "submittedDate": null}', received("+242064661201", "2020", "Hello")),
    Request("MTN", "sms", '{"TransactionID": "rrt-58503", "clientCorrelator": "s", "deliveryStatus": "DeliveredT'
        'oTerminal"}',
        reported("", "rrt-58503", "delivered")),
    Request("MTN", "status", '{"TransactionID": "rrt-58504", "clientCorrelator": "s", "deliveryStatus": "Message'
        'Waiting"}',
        reported("", "rrt-58504", "sending")),
    Request("Orange", "sms", '{"inboundSMSMessageNotification": {"callbackData": "c", "inboundSMSMessage": {"dateTime":'
        ' "2026-01-02T03:04:05Z", "destinationAddress": "tel:+22300000000", "messageId": "o-1", "message": "Hi",'
        ' "senderAddress": "tel:+22370555012"}}}', received("+22370555012", "+22300000000", "Hi", "o-1")),
    Request("Orange", "status", '{"deliveryInfoNotification": {"callbackData": "00bd", "deliveryInfo": {"address":'
        ' "tel:+22370555012", "deliveryStatus": "DeliveryImpossible"}}}',
        reported("+22370555012", "00bd", "undelivered")),
    Request("Quo", "sms", '{"id": "EV1", "object": "event", "apiVersion": "v3", "type": "message.received", "dat'
        'a": {"object":'
        ' {"id": "AC1", "object": "message", "from": "+14155550123", "to": "+12125550199", "direction": "incoming",'
        ' "body": "Hi", "media": [], "status": "received", "userId": "US1", "phoneNumberId": "PN1", "conversationId":'
        ' "CN1"}}}', received("+14155550123", "+12125550199", "Hi", "AC1")),
    Request("Quo", "sms", '{"id": "EV2", "object": "event", "type": "message.delivered", "data": {"object": {"id'
        '": "AC2",'
        ' "object": "message", "from": "+12125550199", "to": "+14155550123", "direction": "outgoing", "body": "Hi",'
        ' "status": "delivered"}}}', reported("+14155550123", "AC2", "delivered", "+12125550199", "Hi")),
    Request("RingCentral", "sms", '{"uuid": "71", "event": "/restapi/v1.0/account/1/extension/2/message-store/in'
        'stant?type=SMS",'
        ' "timestamp": "2026-01-02T03:04:05Z", "subscriptionId": "s", "body": {"id": "4084993004", "to": [{"phon'
        'eNumber":'
        ' "+12125550199", "name": "N", "location": "L"}], "from": {"phoneNumber": "+14155550123"}, "type": "SMS",'
        ' "direction": "Inbound", "subject": "Hi", "readStatus": "Unread", "messageStatus": "Received"}}',
        received("+14155550123", "+12125550199", "Hi", "4084993004")),
    Request("seven", "sms", '{"data": {"id": "681590", "sender": "4915126716517", "system": "4915555550142", "te'
        'xt": "Hello",'
        ' "time": "1614787314"}, "webhook_event": "sms_mo", "webhook_timestamp": "2026-01-02 03:04:05"}',
        received("+4915126716517", "+4915555550142", "Hello", "681590")),
    Request("seven", "status", '{"data": {"msg_id": "77156", "status": "NOTDELIVERED", "timestamp": "2026-01-02 '
        '03:04:05"},'
        ' "webhook_event": "dlr"}', reported("", "77156", "undelivered")),
    Request("SimpleTexting", "sms", '{"reportItemId": null, "type": "INCOMING_MESSAGE", "webhookId": "w", "values":'
        ' {"messageId": "st1", "text": "Hi", "accountPhone": "12125550199", "contactPhone": "14155550123", "timestamp":'
        ' "2026-01-02T03:04:05Z", "category": "SMS"}}', received("+14155550123", "+12125550199", "Hi", "st1")),
    Request("SMSPortal", "status", '{"Status": "UNDELIV", "EventId": 1, "Mcc": 655, "Mnc": "01", "MsgCount": 1, '
        '"Msisdn":'
        ' "27830123456", "Received": 1795899641, "UserReference": "u-1"}', reported("+27830123456", "", "undelivered")),
    Request("Surge", "sms", '{"account_id": "acct_1", "type": "message.received", "data": {"id": "msg_1", "body"'
        ': "Hello",'
        ' "attachments": [{"id": "att_1", "type": "image", "url": "https://example.com/a.jpg"}], "received_at":'
        ' "2026-11-28T21:00:00Z", "conversation": {"id": "cnv_1", "phone_number": {"id": "pn_1", "number":'
        ' "+12125550199"}, "contact": {"id": "ctc_1", "phone_number": "+14155550123"}}}}',
        received("+14155550123", "+12125550199", "Hello", "msg_1")),
    Request("Tencent", "status", '[{"user_receive_time": "2026-10-17 08:03:04", "nationcode": "86", "mobile": "8'
        '613900000001",'
        ' "report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "x", "sid": "t-1"}]',
        reported("+8613900000001", "t-1", "delivered")),
    Request("Termii", "sms", '{"type": "outbound", "id": "t1", "message_id": "tm-1", "receiver": "2348012345678"'
        ', "sender":'
        ' "N-Alert", "message": "Hi", "sent_at": "2026-01-02 03:04:05", "status": "DELIVERED", "channel": "generic"}',
        reported("+2348012345678", "tm-1", "delivered", "N-Alert", "Hi")),
    Request("tyntec", "sms", '{"channel": "sms", "messageId": "ty-1", "from": "4915126716517", "to": "4915555550142",'
        ' "receivedAt": "2026-01-02T03:04:05Z", "content": {"contentType": "text", "text": "Hi"}, "event": "MoMe'
        'ssage"}',
        received("+4915126716517", "+4915555550142", "Hi", "ty-1")),
    Request("Wavy", "sms", '{"id": "ext", "subAccount": "iFood", "campaignAlias": "p", "carrierId": 1, "carrierN'
        'ame": "VIVO",'
        ' "source": "5516981562820", "shortCode": "2020", "messageText": "Eu quero", "receivedAt": 1459991487970,'
        ' "receivedDate": "2026-09-05T12:13:25Z", "mt": {"id": "8be5", "correlationId": "1876", "username": "u"}}',
        received("+5516981562820", "2020", "Eu quero", "ext")),
    Request("Wavy", "status", '{"id": "58b3", "correlationId": "12345", "sentStatusCode": 2, "sentStatus": "SENT'
        '_SUCCESS ",'
        ' "deliveredStatusCode": 4, "deliveredStatus": "DELIVERED_SUCCESS"}', reported("", "58b3", "delivered")),
    Request("Zenvia", "sms", '{"id": "evt", "timestamp": "2026-05-03T06:04:45Z", "type": "MESSAGE", "message": {'
        '"id": "zm1",'
        ' "from": "254791541111", "to": "2020", "direction": "IN", "contents": [{"type": "text", "text": "Msg"}],'
        ' "visitor": {"name": "Bob"}}}', received("+254791541111", "2020", "Msg", "zm1")),
    Request("Zenvia", "status", '{"id": "evt", "type": "MESSAGE_STATUS", "channel": "sms", "messageId": "hs76", '
        '"messageStatus":'
        ' {"timestamp": "2026-05-03T06:04:45Z", "code": "REJECTED", "description": "The message was rejected", "'
        'causes":'
        ' []}}', reported("", "hs76", "rejected")),
    Request("Zenvia (2014)", "sms", '{"callbackMoRequest": {"id": "20690090", "mobile": "5551919517110", "shortC'
        'ode": "40001",'
        ' "account": "zenvia.envio", "body": "Msg", "received": "2026-08-26T12:27:08.488-03:00",'
        ' "correlatedMessageSmsId": "hs76"}}', received("+5551919517110", "40001", "Msg", "20690090")),
    Request("Zenvia (2014)", "status", '{"callbackMtRequest": {"status": "03", "statusMessage": "Delivered", "st'
        'atusDetail":'
        ' "120", "statusDetailMessage": "Message received by mobile", "id": "hs77", "mobileOperatorName": "Claro"}}',
        reported("", "hs77", "delivered")),
    Request("Zipwhip", "sms", '{"body": "Hi", "bodySize": 2, "visible": true, "finalDestination": "18445550142",'
        ' "messageType":'
        ' "MO", "deleted": false, "id": 821, "address": "ptn:/+14155550123", "finalSource": "+14155550123",'
        ' "deviceId": 1}', received("+14155550123", "+18445550142", "Hi", "821")),
    Request("Junebug", "sms", '{"from": "+27123456789", "timestamp": "2026-01-01 00:00:00.00", "content": "hello'
        ' world", "to": "2020", "message_id": "35f3336d4a1a46c7b40cd172a41c510d"}',
        received("+27123456789", "2020", "hello world", "35f3336d4a1a46c7b40cd172a41c510d")),
    Request("Junebug", "status", '{"event_type": "delivery_succeeded", "message_id": "xx12345", "timestamp":'
        ' "2026-01-01 00:00:00.00"}', reported("", "xx12345", "delivered")),
    Request("Vumi", "sms", '{"content": "hi", "message_version": "20110921", "message_type": "user_message",'
        ' "to_addr": "2020", "from_addr": "+27123456789", "message_id": "v1", "in_reply_to": null, "session_event":'
        ' null, "transport_name": "t", "timestamp": "2026-01-01 00:00:00.00"}',
        received("+27123456789", "2020", "hi", "v1")),
    Request("Vumi", "status", '{"event_type": "delivery_report", "delivery_status": "delivered", "user_message_id":'
        ' "v2", "event_id": "e", "message_type": "event"}', reported("", "v2", "delivered")),
    Request("The SMS Works", "status", '{"messageid": "w1", "status": "DELIVERED", "destination": "447700900123",'
        ' "sender": "BRAND", "batchid": "b", "created": "2026-01-01T00:00:00Z"}',
        reported("+447700900123", "w1", "delivered", "BRAND")),
    Request("Textline", "sms", '{"webhook": "new_customer_post", "post": {"uuid": "tl-1", "body": "hi",'
        ' "created_at": 1795899641, "creator": {"type": "customer", "phone_number": "+14155550123", "name": "A"}},'
        ' "conversation": {"uuid": "c"}}', received("+14155550123", "", "hi", "tl-1")),
    Request("Sakari", "sms", '{"event": "message-received", "payload": {"id": "sk-1", "conversation": {"id": "c"},'
        ' "message": "hi", "contact": {"id": "x", "mobile": {"country": "US", "number": "+14155550123"}}}}',
        received("+14155550123", "", "hi", "sk-1")),
    Request("GoHighLevel", "sms", '{"type": "InboundMessage", "locationId": "l", "contactId": "c",'
        ' "conversationId": "v", "from": "+14155550123", "to": "+12125550199", "body": "hi", "direction":'
        ' "inbound", "status": "delivered", "messageType": "SMS", "messageId": "gh-1"}',
        received("+14155550123", "+12125550199", "hi", "gh-1")),
    Request("Close", "sms", '{"subscription_id": "s", "event": {"id": "ev", "object_type": "activity.sms",'
        ' "action": "created", "data": {"id": "acti_1", "direction": "inbound", "remote_phone": "+14155550123",'
        ' "local_phone": "+12125550199", "text": "hi", "status": "inbox"}}}',
        received("+14155550123", "+12125550199", "hi", "acti_1")),
    Request("Android forwarder", "sms", '{"from": "+14155550123", "text": "hi", "sentStamp": 1795899641377,'
        ' "receivedStamp": 1795899641400, "sim": "sim1"}', received("+14155550123", "", "hi")),
    Request("Flowroute", "sms", '{"data": {"attributes": {"body": "hi", "direction": "inbound", "from":'
        ' "14155550123", "to": "12125550199", "is_mms": false, "status": "delivered", "timestamp":'
        ' "2026-01-01T00:00:00Z"}, "id": "mdr2-1", "type": "message"}, "included": [{"attributes": {"url":'
        ' "https://x"}, "id": "f", "type": "media"}]}', received("+14155550123", "+12125550199", "hi", "mdr2-1")),
    Request("Flowroute", "status", '{"data": {"attributes": {"level": 1, "status": "message buffered",'
        ' "status_code": 1003, "timestamp": "2026-01-01T00:00:00Z"}, "id": "mdr2-2", "type": "delivery_receipt"}}',
        reported("", "mdr2-2", "sending")),
    Request("DIDWW", "sms", '{"data": {"type": "inbound_messages", "id": "dw-1", "attributes": {"time_start":'
        ' "2026-01-01T00:00:00Z", "source": "14155550123", "destination": "12125550199", "content": "hi"}}}',
        received("+14155550123", "+12125550199", "hi", "dw-1")),
    Request("DIDWW", "status", '{"data": {"type": "outbound_message_callbacks", "id": "dw-2", "attributes":'
        ' {"time_start": "2026-01-01T00:00:00Z", "source": "12125550199", "destination": "14155550123", "status":'
        ' "Success", "code_id": null}}}', reported("+14155550123", "dw-2", "sent", "+12125550199")),
    Request("8x8", "sms", '{"namespace": "SMS", "eventType": "inbound_message_received", "description": "A new'
        ' inbound message", "payload": {"umid": "u-1", "subAccountId": "s", "timestamp": "2026-01-01T00:00:00Z",'
        ' "source": "+6581234567", "destination": "+6589876543", "bodyType": "text", "body": "hi"}}',
        received("+6581234567", "+6589876543", "hi", "u-1")),
    Request("8x8", "status", '{"namespace": "SMS", "eventType": "outbound_message_status_changed", "payload":'
        ' {"umid": "u-2", "batchId": null, "status": {"state": "delivered", "detail": "delivered_to_recipient"},'
        ' "source": "BRAND", "destination": "+6581234567"}}', reported("+6581234567", "u-2", "delivered", "BRAND")),
    Request("Brevo", "status", '{"id": 12, "to": "33612345678", "sms_count": 1, "msg_status": "delivered",'
        ' "messageId": 99, "date": "2026-01-01 00:00:00", "type": "transactional"}',
        reported("+33612345678", "99", "delivered")),
    Request("Mailjet", "status", '{"From": "BRAND", "To": "+33600000000", "MessageID": "mj-1", "SMSCount": 1,'
        ' "Status": {"Code": 3, "Name": "delivered", "Description": "Message delivered"}}',
        reported("+33600000000", "mj-1", "delivered", "BRAND")),
    Request("Octopush", "sms", '{"message_id": "oc-1", "number": "+33612345678", "text": "hi", "sim_card_number":'
        ' "+33699999999", "reception_date": "2026-01-01T00:00:00Z"}', received("+33612345678", "", "hi", "oc-1")),
    Request("smsmode", "status", '{"messageId": "sm-1", "acceptedAt": "2026-01-01T00:00:00Z", "recipient": {"to":'
        ' "33600000001"}, "from": "BRAND", "body": {"text": "hi"}, "status": {"value": "DELIVERED", "deliveryDate":'
        ' "2026"}}', reported("+33600000001", "sm-1", "delivered", "BRAND", "hi")),
    Request("Verimor", "sms", '[{"message_id": 5, "created_at": "2026-01-01T00:00:00Z", "source_addr":'
        ' "905551234567", "destination_addr": "908501234567", "keyword": "", "content": "hi"}]',
        received("+905551234567", "+908501234567", "hi", "5")),
    Request("Beem", "sms", '{"from": "255711123456", "to": "255701000000", "channel": "sms", "timeUTC":'
        ' "2026-01-01T00:00:00Z", "transaction_id": "bm-1", "message": {"text": "hi", "media": {}}}',
        received("+255711123456", "+255701000000", "hi", "bm-1")),
    Request("Apifon", "status", '{"request_id": "r", "type": "SMS", "account_id": "1", "data": [{"from": "BRAND",'
        ' "to": "306912345678", "message_id": "ap-1", "status": {"code": 11, "text": "DELIVERED"}, "timestamp":'
        ' 1795899641}]}', reported("+306912345678", "ap-1", "delivered", "BRAND")),
    Request("Kudosity", "sms", '{"event_type": "SMS_INBOUND", "timestamp": "2026-01-01T00:00:00Z", "webhook_id":'
        ' "w", "mo": {"type": "SMS", "id": "kd-1", "sender": "61415550123", "recipient": "61427550142", "message":'
        ' "hi", "last_message": {"type": "SMS", "id": "x", "message": "before"}}}',
        received("+61415550123", "+61427550142", "hi", "kd-1")),
    Request("Kudosity", "status", '{"event_type": "SMS_STATUS", "timestamp": "2026-01-01T00:00:00Z", "status":'
        ' {"type": "SMS", "id": "kd-2", "message_ref": null, "recipient": "61415550123", "sender": "61427550142",'
        ' "status": "DELIVERED"}}', reported("+61415550123", "kd-2", "delivered", "+61427550142")),
    Request("MessageMedia", "status", '{"delivery_report_id": "d", "status": "delivered", "date_received":'
        ' "2026-01-01T00:00:00Z", "message_id": "mm-1", "delay": 0, "source_number": "+61427550142",'
        ' "destination_number": "+61415550123", "original_text": "hi"}',
        reported("+61415550123", "mm-1", "delivered", "+61427550142")),
    Request("Notifyre", "sms", '{"Event": "sms_received", "Timestamp": 1795899641, "Payload": {"RecipientID": "r",'
        ' "FromNumber": "+61415550123", "RecipientNumber": "+61427550142", "Message": "hi"}}',
        received("+61415550123", "+61427550142", "hi")),
    Request("Telstra", "sms", '{"status": "RECEIVED", "destinationAddress": "+61427550142", "senderAddress":'
        ' "+61415550123", "message": "hi", "messageId": "ts-1", "sentTimestamp": "2026-01-01T00:00:00Z"}',
        received("+61415550123", "+61427550142", "hi", "ts-1")),
    Request("Zadarma", "sms", '{"event": "SMS", "result": {"caller_id": "441234567890", "caller_did":'
        ' "442012345678", "text": "hi"}}', received("+441234567890", "+442012345678", "hi")),
    Request("Horisen", "status", '{"type": "sms", "msgId": "hz-1", "event": "DELIVERED", "errorCode": 0, "partNum": 0,'
        ' "numParts": 1, "sender": "BRAND", "receiver": "41791234567", "custom": {}}',
        reported("+41791234567", "hz-1", "delivered", "BRAND")),
    Request("Voximplant", "sms", '{"callbacks": [{"callback_id": 1, "type": "sms_inbound", "sms_inbound":'
        ' {"source_number": "14155550123", "destination_number": "12125550199", "sms_body": "hi"}}]}',
        received("+14155550123", "+12125550199", "hi")),
)  # fmt: skip
