// Any octets as a configuration, an endpoint, an origin's URL: a value that passed every check, or
// mistakes in order.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "api/config/check.hpp"
#include "api/config/parse.hpp"

using namespace mailhold::config;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void parse_configuration(std::string_view text) {
    auto parsed = parse(text, "/etc/mailhold");
    if (!parsed) {
        require(!parsed.error().empty() && std::ranges::is_sorted(parsed.error()));
        return;
    }
    require(!parsed->data.empty());
    for (const auto& account : parsed->accounts) {
        require(!wrong_account_name(account.name));
        require(!account.password.name.empty() + account.oauth.has_value() == 1 ||
                (!account.client_certificate.empty() && !account.client_key.empty()));
        require(!account.url.host.empty() && !account.url.user.empty() && account.url.port != 0);
    }
    for (const auto& user : parsed->users)
        require(!user.accounts.empty() && !wrong_password_hash(user.password_hash));
}

void parse_small(std::string_view text) {
    if (auto endpoint = parse_endpoint(text))
        require(parse_endpoint(to_text(*endpoint)) == *endpoint);
    if (auto proxy = parse_proxy_url(text)) require(!proxy->host.empty() && proxy->port != 0);
    if (auto url = parse_origin_url(text))
        require(url->transport != Transport::insecure || is_loopback(url->host));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    parse_configuration(text);
    parse_small(text);
    return 0;
}
