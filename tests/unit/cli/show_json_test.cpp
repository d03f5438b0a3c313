// What programs read of a message's places and past.
#include "api/cli/show_json.hpp"

#include <catch2/catch.hpp>

namespace mailhold::cli {
namespace {

using What = store::Event::What;

store::Generation generation(const std::string& mailbox) {
    return {"alice", mailbox, UidValidity{7}};
}

}  // namespace

TEST_CASE("a message's places and past are one JSON object") {
    const store::StoredMessage message{.number = MessageNumber{3},
                                       .digest = sha256("m"),
                                       .size = 12,
                                       .record = {},
                                       .archived_at = {}};
    const store::Location place{.generation = generation("Work"),
                                .uid = Uid{5},
                                .internal_date = {},
                                .flags = {"\\Seen"},
                                .vanished = true,
                                .saved = ZonedSeconds{UtcSeconds(std::chrono::seconds(60)), 60}};
    std::vector<store::Event> events(3);
    events[0] = {.what = What::labels,
                 .generation = generation("All \xff"),
                 .uid = Uid{5},
                 .labels = {"\\Inbox", "a \"b\""}};
    events[1] = {.what = What::moved,
                 .generation = generation("All"),
                 .uid = Uid{5},
                 .other_mailbox = "Work",
                 .other_uid = Uid{6}};
    events[2] = {.what = What::mailbox_gone, .generation = generation("All")};
    const auto text = to_json(message, {place}, events);
    CAPTURE(text);
    const std::string parts[] = {
        "\"id\":\"" + to_hex(message.digest) + "\",\"number\":3,\"size\":12",
        R"("places":[{"account":"alice","mailbox":"Work","uidvalidity":7,"uid":5)",
        R"("saved":"1970-01-01T00:01:00.000000Z","flags":["\\Seen"],"gone":true}])",
        "{\"account\":\"alice\",\"mailbox\":\"All \xef\xbf\xbd\",\"uidvalidity\":7,\"uid\":5",
        R"("what":"labels","labels":["\\Inbox","a \"b\""]})",
        R"("what":"moved","to":"Work","to_uid":6})",
        R"({"account":"alice","mailbox":"All","time":"1970-01-01T00:00:00.000000Z","what":"mailbox gone"})"};
    for (const auto& part : parts) CHECK(text.contains(part));
}

}  // namespace mailhold::cli
