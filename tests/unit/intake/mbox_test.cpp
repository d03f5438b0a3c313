// mbox files as programs write them.
#include "intake/mbox.hpp"

#include <catch2/catch.hpp>

using namespace mailhold;
using namespace mailhold::intake;
using namespace std::chrono;

namespace {

std::vector<std::string> messages(std::string_view file) {
    std::vector<std::string> out;
    MboxReader reader(file);
    while (auto message = reader.next()) out.emplace_back(message->octets);
    CHECK(reader.at() == file.size());
    return out;
}
using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("messages begin behind From lines, and come as they stand") {
    CHECK(messages("From a@b Wed Mar 27 10:11:12 2024\nSubject: 1\n\nHi\n\n"
                   "From c@d Wed Mar 27 10:11:13 2024\nSubject: 2\n\nFrom here on\n") ==
          Messages{"Subject: 1\n\nHi\n", "Subject: 2\n\nFrom here on\n"});
    CHECK(messages("From a@b Wed Mar 27 10:11:12 2024\r\nSubject: 1\r\n\r\nHi\r\n\r\n"
                   "From c@d Wed Mar 27 10:11 2024\r\nSubject: 2\r\n\r\n\r\n") ==
          Messages{"Subject: 1\r\n\r\nHi\r\n", "Subject: 2\r\n\r\n"});
    CHECK(messages("").empty());
    CHECK(messages("\n\n").empty());
    CHECK(messages("From a@b Wed Mar 27 10:11:12 2024\n") == Messages{""});
}

TEST_CASE("a From line has a date, or else a time and a blank line before it") {
    const std::string body =
        "Subject: 1\n\nQuote:\nFrom c@d at 10:11:13 there was\n\nFrom the moon at night\n"
        ">From c@d Wed Mar 27 10:11:13 2024\n";
    CHECK(messages("From a@b Wed Mar 27 10:11:12 2024\n" + body) == Messages{body});
    CHECK(messages("From a@b Wed Mar 27 10:11:12 2024\n\nno end of line\n"
                   "From c@d Wed Mar 27 10:11:13 2024\n\n.\n\nFrom c@d lost 10:11:13\n\n.\n") ==
          Messages{"\nno end of line\n", "\n.\n", "\n.\n"});
    CHECK(messages("From a@b Wed Mar 27 10:11:12 2024\n\n.\n\nFrom c@d\nSubject: 2\n\n.\n\nFrom "
                   "c@d\n.\n") == Messages{"\n.\n", "Subject: 2\n\n.\n\nFrom c@d\n.\n"});
}

TEST_CASE("a content length that leads to the next From line is believed, another is not") {
    const std::string inner = "\nFrom c@d Wed Mar 27 10:11:13 2024\n\n";
    const auto file = [&](std::size_t length) {
        return "From a@b Wed Mar 27 10:11:12 2024\nContent-Length: " + std::to_string(length) +
               "\n\n" + inner + "\nFrom c@d Wed Mar 27 10:11:13 2024\nSubject: 2\n\n.\n";
    };
    CHECK(messages(file(inner.size())).size() == 2);
    CHECK(messages(file(inner.size() + 3)).size() == 3);
    CHECK(messages(file(999'999)).size() == 3);
}

TEST_CASE("dates of From lines, with and without zones and seconds") {
    const auto date = [](std::string line) {
        line += "\n\n.\n";
        return MboxReader(line).next()->received;
    };
    const sys_seconds wanted = sys_days(2024y / March / 27) + 10h + 11min + 12s;
    CHECK(date("From a@b Wed Mar 27 10:11:12 2024") == wanted);
    CHECK(date("From a@b  Wed Mar 27 10:11:12 CET 2024") == wanted);
    CHECK(date("From a@b Wed Mar 27 10:11:12 2024 +0100") == wanted);
    CHECK(date("From a b c Wed Mar 27 10:11 2024") == wanted - 12s);
    CHECK_FALSE(date("From a@b Wed Mai 27 10:11:12 2024"));
    CHECK_FALSE(date("From a@b Wed Feb 30 10:11:12 2024"));
    CHECK_FALSE(date("From a@b"));
}

TEST_CASE("status fields are flags") {
    const std::string file =
        "From a@b Wed Mar 27 10:11:12 2024\nStatus: RO\nX-Status: AF\nSubject: 1\n\nStatus: x\n";
    CHECK(MboxReader(file).next()->flags ==
          std::vector<std::string>{"\\Answered", "\\Flagged", "\\Seen"});
}

TEST_CASE("mboxrd's quoting is undone by one step") {
    CHECK(unquoted(">From a\n>>From b\nFrom c\n> From d\n>Fromage\n>>>\n") ==
          "From a\n>From b\nFrom c\n> From d\n>Fromage\n>>>\n");
    CHECK(unquoted("no end >From\n>From") == "no end >From\n>From");
}
