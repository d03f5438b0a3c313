// [[journal]].
#include "tests/unit/config/mistakes.hpp"

namespace mailhold::config {

TEST_CASE("a journal has an account of its own, and networks that are some") {
    const std::string begin = "data = \"d\"\n[[journal]]\n";
    const std::string good = begin + "listen = \"127.0.0.1:24\"\naccount = \"j\"\n";
    CHECK(mistakes_in(good).empty());
    const auto config = parse(good +
                                  "protocol = \"smtp\"\nrecipients = [\"example.org\"]\n"
                                  "networks = [\"192.0.2.0/24\"]\nmax_size_mib = 1\n"
                                  "reports = true\nreport_senders = [\"ndr@example.org\"]\n",
                              "/");
    REQUIRE(config);
    CHECK(config->journals == std::vector<Journal>{{.listen = {"127.0.0.1", 24},
                                                    .protocol = intake::journal::Protocol::smtp,
                                                    .account = "j",
                                                    .networks = {"192.0.2.0/24"},
                                                    .recipients = {"example.org"},
                                                    .max_size_mib = 1,
                                                    .reports = true,
                                                    .report_senders = {"ndr@example.org"}}});
    const Row table[] = {
        {begin + "account = \"j\"", "2: [[journal]]: listen is missing"},
        {begin + "listen = \"24\"\naccount = \"j\"", "3: [[journal]] listen: \"24\" has no port"},
        {good + "protocol = \"lmpt\"", "5: [[journal]] protocol: \"lmpt\" is no protocol"},
        {good + "report_senders = [\"a@b\"]",
         "5: [[journal]] report_senders: means nothing without reports = true"},
        {good + "networks = [\"192.0.2.0/33\"]", "5: [[journal]] networks: \"192.0.2.0/33\""},
        {good + "[[journal]]\nlisten = \"127.0.0.1:24\"\naccount = \"k\"",
         "7: [[journal]] listen: 127.0.0.1:24 is taken by [[journal]] listen already"},
        {good + account + "\n[[journal]]\nlisten = \"127.0.0.1:25\"\naccount = \"Alice\"",
         "12: [[journal]] account: \"Alice\" mirrors an origin"},
    };
    check_mistakes(table);
}

}  // namespace mailhold::config
