#include "support/client_fixture.hpp"

#include <fstream>

namespace tunnelkeyd::testing {

void run_until(boost::asio::io_context& loop, const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!done() && std::chrono::steady_clock::now() < deadline) {
        loop.restart();
        loop.run_one_for(std::chrono::milliseconds(20));
    }
    REQUIRE(done());
}

core::exchange run(boost::asio::io_context& loop, const std::function<void(ports::exchange_handler)>& ask) {
    std::optional<core::exchange> result;
    ask([&result](core::exchange came) { result = std::move(came); });
    CHECK_FALSE(result);
    run_until(loop, [&result] { return result.has_value(); });
    return std::move(*result);
}

void temporary_file::write(const std::string& text) const {
    std::ofstream(path(), std::ios::binary) << text;
}

net::endpoint client_fixture::to(const std::string& url) const {
    static const temporary_file authority(test_authority().pem());
    const auto parsed = core::parse_base_url(url);
    REQUIRE(parsed);
    return {*parsed, {authority.path(), "", core::tls_version::v1_2}, {}, "instance"};
}

void client_fixture::start(const net::endpoint& where, ports::exchange_handler done, core::timeouts limits,
                           std::string_view body) const {
    const net::header_field fields[] = {{"Authorization", hush}};
    client->send(where, net::make_request("PUT", where.url, "/key", fields, body), limits, std::move(done));
}

core::exchange client_fixture::send(const net::endpoint& where, core::timeouts limits, std::string_view body) {
    std::optional<core::exchange> result;
    unsigned calls = 0;
    const auto done = [&result, &calls](core::exchange came) {
        result = std::move(came);
        ++calls;
    };
    start(where, done, limits, body);
    CHECK(calls == 0);
    run_until(loop, [&result] { return result.has_value(); });
    loop.restart();
    loop.poll();
    CHECK(calls == 1);
    INFO(result->problem);
    CHECK(result->problem.find(hush) == std::string::npos);
    CHECK(result->problem.empty() == (result->reached == core::reached::reply));
    CHECK((result->status == 0) == (result->reached != core::reached::reply));
    if (result->reached != core::reached::reply)
        CHECK(result->body.empty());
    return std::move(*result);
}

core::way examine(client_fixture& with, const net::endpoint& where, core::duration limit) {
    std::optional<core::way> found;
    with.client->examine(where, limit, [&found](core::way came) { found = std::move(came); });
    run_until(with.loop, [&found] { return found.has_value(); });
    return std::move(*found);
}

}  // namespace tunnelkeyd::testing
