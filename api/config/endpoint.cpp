// Endpoints as text. Names are not looked up: what is listened on must not hang on a resolver.
#include "api/config/endpoint.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>

namespace mailhold::config {
namespace {

bool is_ipv6(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_ipv4(const std::string& host) {
    in_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
    auto wrong = [&](std::string_view why) {
        return fail(
            Errc::invalid,
            fmt::format("\"{}\" {}: write HOST:PORT, as in \"127.0.0.1:1143\" or \"[::1]:1143\"",
                        text, why));
    };
    auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return wrong("has no port");
    auto digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
        return wrong("has no port from 0 to 65535 after the colon");

    std::string host(text.substr(0, colon));
    if (host == "*") return Endpoint{host, port};
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        if (!is_ipv6(host)) return wrong("has no IPv6 address between its brackets");
        return Endpoint{host, port};
    }
    if (is_ipv6(host)) return wrong("needs brackets around its IPv6 address");
    if (host != "localhost" && !is_ipv4(host)) return wrong("has no address to listen on");
    return Endpoint{host, port};
}

std::string to_text(const Endpoint& endpoint) {
    return endpoint.host.contains(':') ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
                                       : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

bool is_loopback(std::string_view host) {
    std::string name(host);
    in_addr v4{};
    if (inet_pton(AF_INET, name.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
    in6_addr v6{};
    if (inet_pton(AF_INET6, name.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
    return name == "localhost";
}

}  // namespace mailhold::config
