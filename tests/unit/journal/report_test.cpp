// Reports as Exchange writes them, and what only looks like one.
#include "intake/journal/report.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::intake::journal;

namespace {

std::string report_of(const std::string& text, const std::string& attached,
                      const std::string& mark = "X-MS-Journal-Report:") {
    return "From: x@example.org\r\n" + mark +
           "\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: "
           "text/plain; charset=utf-8\r\n\r\n" +
           text + "\r\n--b\r\n" + attached + "\r\n--b--\r\n";
}

const std::string attached =
    "Content-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\n-- b is none\r\n";

}  // namespace

TEST_CASE("a journal report tells who sent what to whom, with hidden and expanded recipients") {
    const std::string octets = report_of(
        "Sender: a@example.org\r\nOn-Behalf-Of: c@example.org\r\nSubject: To: nobody\r\n"
        "Message-Id: <1@example.org>\r\nTo: b@example.org, Expanded: list@example.org\r\n"
        "Cc: d@example.org Forwarded: e@example.org\r\nBCC: <\xc3\xa4@example.org>\r\n"
        "To:\r\nno field\r\nRecipient: f@example.org",
        attached);
    const auto report = read_report(octets);
    REQUIRE(report);
    CHECK(report->sender == "a@example.org");
    CHECK(report->recipients == std::vector<std::string>{"b@example.org", "d@example.org",
                                                         "\xc3\xa4@example.org", "f@example.org"});
    CHECK(octets.substr(report->begin, report->size) == "Subject: a\r\n\r\n-- b is none\r\n");
    for (std::size_t cut = 0; cut < octets.size(); ++cut) read_report(octets.substr(0, cut));
}

TEST_CASE("what is no journal report, or carries no message, is left as it is") {
    const std::string text = "Sender: a@example.org\r\n";
    CHECK_FALSE(read_report(""));
    CHECK_FALSE(read_report(report_of(text, attached, "Subject: X-MS-Journal-Report")));
    CHECK_FALSE(read_report(report_of(text, "\r\nonly text\r\n")));
    CHECK_FALSE(read_report("X-MS-Journal-Report:\r\n\r\nSender: a@example.org\r\n"));
    CHECK_FALSE(read_report(report_of(
        text,
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdA==")));
    CHECK(read_report(report_of(text, attached, "x-ms-journal-report: yes")));
}
