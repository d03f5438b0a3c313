#include "api/config/proxy_url.hpp"

#include <catch2/catch.hpp>

namespace mailhold::config {

TEST_CASE("a proxy's URL names its kind, place and login") {
    using Kind = ProxyUrl::Kind;
    CHECK(parse_proxy_url("socks5://p").value() == ProxyUrl{Kind::socks5, "p", 1080, "", ""});
    CHECK(parse_proxy_url("HTTP://u%40x:p%3A@[::1]:80/").value() ==
          ProxyUrl{Kind::http, "::1", 80, "u@x", "p:"});
    for (const auto* wrong : {"", "p:1080", "https://p", "socks5://", "socks5://p/x", "http://p:0",
                              "http://u:geheim@p?q", "http://a%0d:b@p"}) {
        INFO(wrong);
        const auto parsed = parse_proxy_url(wrong);
        REQUIRE_FALSE(parsed);
        CHECK_FALSE(parsed.error().text.contains("geheim"));
    }
}

}  // namespace mailhold::config
