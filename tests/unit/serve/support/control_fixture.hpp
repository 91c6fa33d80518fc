#pragma once

#include "serve/control_server.hpp"
#include "support/client.hpp"
#include "support/fake_log.hpp"
#include "support/fake_operations.hpp"
#include "support/server_fixture.hpp"
#include "support/temporary_directory.hpp"

#include <memory>
#include <string>

namespace tunnelkeyd::testing {

/// A control socket with a daemon behind it, on a loop of its own.
class control_fixture : public running_loop {
public:
    explicit control_fixture(serve::server_limits limits = patient_limits(), serve::look look = good_look());
    /// Stops the loop where it is, unless the server has gone.
    ~control_fixture() { stop(); }

    [[nodiscard]] client connect() const { return client(socket); }
    /// On a connection of its own.
    [[nodiscard]] reply get(const std::string& path) const { return connect().ask(path); }
    [[nodiscard]] reply post(const std::string& path, const std::string& body = "") const {
        return connect().ask(path, "POST", body);
    }
    /// Gives the answers that the daemon holds.
    void answer_all();

    /// Destroys the server on the loop, and waits until the loop has nothing left to do.
    void end();

    serve::metrics_registry metrics;
    support::temporary_directory directory;
    const std::string socket = directory / "control.sock";
    fake_operations daemon;
    tests::fake_log log;  ///< of the loop's thread

private:
    std::unique_ptr<serve::control_server> server_;
};

/// Of a refusal, which has all three of its fields.
std::string code_of(const reply& got);

}  // namespace tunnelkeyd::testing
