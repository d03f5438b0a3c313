// Names of mailboxes: readable, reversible, and never two the same.
#include "imap/sync/names.hpp"

#include <catch2/catch.hpp>

#include <map>

#include "imap/wire/encode.hpp"
#include "imap/wire/utf7.hpp"

namespace mailhold::imap::sync {
namespace {

std::string name_of_octets(const std::string& octets) {
    const auto line = "* LIST () \"/\" {" + std::to_string(octets.size()) + "}\r\n" + octets;
    return name_of(std::get<wire::ListData>(*wire::parse_response(line)));
}

}  // namespace

TEST_CASE("names can be read, and lead back to the octets the origin wrote") {
    const std::pair<std::string, std::string> table[] = {
        {"Work/2024", "Work/2024"},
        {"R&AOk-sum&AOk-", "R\u00e9sum\u00e9"},
        {"R\u00e9sum\u00e9", "R\u00e9sum\u00e9\ufffd"},  // raw UTF-8
        {"R\xe9sum\xe9", "R\ufffdE9sum\ufffdE9\ufffd"},  // Latin-1
        {"AT&T", "AT&T\ufffd"},
        {"AT&-T", "AT&T"},
        {"a&AGI-", "a&AGI-\ufffd"},  // an encoding that was not needed
        {"&,,0-", "&,,0-\ufffd"},    // U+FFFD itself
        {"\ufffd", "\ufffdEF\ufffdBF\ufffdBD\ufffd"},
        {"a\x01z", "a\ufffd01z\ufffd"},
        {"E9\u00e9", "E9\u00e9\ufffd"},
        {"\xe9\u00e9", "\ufffdE9\u00e9\ufffd"},
        {"\xff", "\ufffdFF\ufffd"},
        {"\xf0\x9f\x93", "\ufffdF0\ufffd9F\ufffd93\ufffd"},  // cut short
        {"\xed\xa0\x80", "\ufffdED\ufffdA0\ufffd80\ufffd"},  // a lone surrogate
        {"iNbOx", "INBOX"},
    };
    std::map<std::string, std::string> octets_by_name;
    for (const auto& [octets, name] : table) {
        CAPTURE(octets);
        CHECK(name_of_octets(octets) == name);
        CHECK(octets_by_name.emplace(name, octets).second);
        const auto spelling = spelling_of(name);
        if (name != "INBOX")
            CHECK((spelling.empty() ? wire::to_modified_utf7(name) : spelling) == octets);
    }
}

TEST_CASE("every two octets make a name that leads back to them") {
    for (int first = 1; first < 256; ++first) {
        for (int second = 1; second < 256; ++second) {
            const std::string octets{'x', static_cast<char>(first), static_cast<char>(second)};
            const auto name = name_of_octets(octets);
            const auto spelling = spelling_of(name);
            const auto again = spelling.empty() ? wire::to_modified_utf7(name) : spelling;
            if (again != octets) FAIL("octets " << first << ' ' << second << " give " << name);
        }
    }
}

}  // namespace mailhold::imap::sync
