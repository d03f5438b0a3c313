// One JSON object; names and flags as they are, with U+FFFD for what is no UTF-8.
#include "api/cli/show_json.hpp"

#include <boost/json.hpp>

#include "api/cli/format.hpp"

namespace mailhold::cli {
namespace {

namespace json = boost::json;

std::string clean(const std::string& text) {
    return printable(text, Lines::keep);
}

json::array strings(const std::vector<std::string>& list) {
    json::array array;
    for (const auto& one : list) array.push_back(json::value(clean(one)));
    return array;
}

json::object place(const store::Generation& generation, Uid uid) {
    json::object object{{"account", clean(generation.account)},
                        {"mailbox", clean(generation.mailbox)}};
    if (uid != Uid{}) {
        object["uidvalidity"] = number(generation.uidvalidity);
        object["uid"] = number(uid);
    }
    return object;
}

json::object to_value(const store::Location& location) {
    auto object = place(location.generation, location.uid);
    object["date"] = to_rfc3339(location.internal_date.utc);
    if (location.saved) object["saved"] = to_rfc3339(location.saved->utc);
    object["flags"] = strings(location.flags);
    object["gone"] = location.vanished;
    return object;
}

const char* name_of(store::Event::What what) {
    using What = store::Event::What;
    switch (what) {
        case What::sighted:
            return "seen";
        case What::flags:
            return "flags";
        case What::vanished:
            return "gone";
        case What::returned:
            return "back";
        case What::moved:
            return "moved";
        case What::mailbox_gone:
            return "mailbox gone";
        case What::mailbox_back:
            return "mailbox back";
        case What::mailbox_renamed:
            return "mailbox renamed";
        case What::labels:
            return "labels";
    }
    return "";
}

json::object to_value(const store::Event& event) {
    using What = store::Event::What;
    auto object = place(event.generation, event.uid);
    object["time"] = to_rfc3339(event.time);
    object["what"] = name_of(event.what);
    if (event.what == What::sighted) object["flags"] = strings(event.flags);
    if (event.what == What::flags) object["flags"] = strings(event.flags_after);
    if (event.what == What::labels) object["labels"] = strings(event.labels);
    if (!event.other_mailbox.empty()) object["to"] = clean(event.other_mailbox);
    if (event.other_uid != Uid{}) object["to_uid"] = number(event.other_uid);
    return object;
}

}  // namespace

std::string to_json(const store::StoredMessage& message,
                    const std::vector<store::Location>& locations,
                    const std::vector<store::Event>& events) {
    json::array places;
    for (const auto& one : locations) places.push_back(to_value(one));
    json::array history;
    for (const auto& one : events) history.push_back(to_value(one));
    return json::serialize(json::object{{"id", to_hex(message.digest)},
                                        {"number", number(message.number)},
                                        {"size", message.size},
                                        {"archived", to_rfc3339(message.archived_at)},
                                        {"places", std::move(places)},
                                        {"history", std::move(history)}}) +
           "\n";
}

}  // namespace mailhold::cli
