#pragma once

#include "core/time.hpp"
#include "simulator/message.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// What goes wrong, and when. Pure: no sockets, no clock, no randomness of its own.
namespace tunnelkeyd::simulator {

/// "Applies" says whether the call takes effect all the same; in brackets the default of the parameter `apply`.
enum class fault_kind {
    drop_before,      ///< closes the connection, never applies
    drop_after,       ///< applies, then closes the connection without a reply
    reset,            ///< [applies] then resets the connection (TCP RST)
    late,             ///< applies `seconds` later, out of order; meanwhile `reply`: none, 504 or drop
    stall,            ///< [applies] never answers, until the client goes
    truncate,         ///< [applies] the reply's head and half of its body, then closes
    status,           ///< [does not] `status`, `body`, `content_type`, `retry_after`, `rate_limit_reset`
    login_page,       ///< [does not] 200 with a page of HTML
    redirect,         ///< [does not] 302 to `location`
    malformed,        ///< [applies] 200 with a body that is not JSON
    huge,             ///< [applies] 200 with a body of 100 MiB
    interim,          ///< [applies] a 1xx (`status`: 102, or 103 by default) before the real reply
    body,             ///< [applies] 200 with `body` and `content_type`
    hold,             ///< [applies first] waits until released, then answers; else waits, then applies
    slow,             ///< waits `seconds`, then applies and answers
    close_idle,       ///< answers, then closes without having said so (no `Connection: close`)
    no_close_notify,  ///< answers with `Connection: close`, then closes without TLS's close_notify
};
std::string_view to_string(fault_kind kind);

enum class late_reply {
    none,             ///< silence until the client goes
    gateway_timeout,  ///< 504 at once
    drop,             ///< the connection is closed at once
};

struct fault {
    std::uint64_t id = 0;      ///< given by the table
    std::optional<call> what;  ///< nothing: any call
    std::string tunnel;        ///< "": any tunnel, and requests that name none
    unsigned times = 1;        ///< 0: until cleared
    double probability = 1;
    fault_kind kind = fault_kind::drop_before;

    bool apply = true;
    core::duration delay{0};
    late_reply meanwhile = late_reply::none;
    reply answer;  ///< of the kinds that make one up
    unsigned interim_status = 103;

    std::uint64_t fired = 0;
};

/// Reads what POST /faults takes. Throws std::invalid_argument that says what is wrong; unknown members are
/// errors.
fault parse_fault(const std::string& json);

/// The faults set, in the order in which they were set: the first that matches a request and comes up fires.
class fault_table {
public:
    /// Returns its id.
    std::uint64_t add(fault added);

    /// The fault that this request meets, if any. `uniform` returns numbers in [0, 1), and is asked only where
    /// a probability is below 1.
    std::optional<fault> pick(call what, std::string_view tunnel, const std::function<double()>& uniform);

    void clear();

    [[nodiscard]] const std::vector<fault>& active() const { return active_; }
    /// Those that fired as often as they should: the last 1,000.
    [[nodiscard]] const std::deque<fault>& spent() const { return spent_; }

private:
    std::vector<fault> active_;
    std::deque<fault> spent_;
    std::uint64_t last_id_ = 0;
};

}  // namespace tunnelkeyd::simulator
