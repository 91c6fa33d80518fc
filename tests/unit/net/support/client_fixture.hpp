#pragma once

#include "net/http_client.hpp"
#include "support/fake_secrets.hpp"
#include "support/scripted_server.hpp"
#include "support/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <optional>

namespace tunnelkeyd::testing {

/// Stands for a credential: it is in each request and in the replies of the tests, and may be in no problem
/// text.
inline constexpr std::string_view hush = "hush-hush-hush-hush";

/// Nothing here may depend on how fast the machine is: limits are a millisecond where they are to run out, and
/// hours where they are not.
inline constexpr core::timeouts patient{std::chrono::hours(1), std::chrono::hours(1)};
inline constexpr core::duration short_time{50};

/// Runs the loop until `done`, for a minute at most.
void run_until(boost::asio::io_context& loop, const std::function<bool()>& done);
/// Runs the loop until what is asked for has come; it may not come from inside the call.
core::exchange run(boost::asio::io_context& loop, const std::function<void(ports::exchange_handler)>& ask);

/// A file with these contents, for as long as the object lives.
class temporary_file {
public:
    explicit temporary_file(const std::string& text) { write(text); }

    void write(const std::string& text) const;
    [[nodiscard]] std::string path() const { return directory_ / "file.pem"; }

private:
    support::temporary_directory directory_;
};

/// A client on a loop of its own.
struct client_fixture {
    /// Idle connections are good for ever, unless `options` says otherwise.
    explicit client_fixture(net::client_options options = {std::chrono::hours(1), 64, ""})
        : client(std::make_unique<net::http_client>(loop, secrets, std::move(options))) {}

    /// Trusts the test authority.
    [[nodiscard]] net::endpoint to(const std::string& url) const;
    void start(const net::endpoint& where, ports::exchange_handler done, core::timeouts limits = patient,
               std::string_view body = {}) const;
    /// One PUT, and what came of it. Checks what must hold of any result.
    core::exchange send(const net::endpoint& where, core::timeouts limits = patient,
                        std::string_view body = {});
    core::exchange send(const std::string& url, core::timeouts limits = patient) {
        return send(to(url), limits);
    }

    boost::asio::io_context loop;
    tests::fake_secrets secrets;
    std::unique_ptr<net::http_client> client;
};

/// What is found on the way there.
core::way examine(client_fixture& with, const net::endpoint& where, core::duration limit = patient.connect);

}  // namespace tunnelkeyd::testing
