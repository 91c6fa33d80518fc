#pragma once

#include <cstddef>
#include <list>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// The open connections, and which of them wait for a request: so that whoever comes gets in, at the cost of
/// the one that has been idle for longest.
class connection_list {
public:
    class member {
    public:
        member() = default;
        virtual ~member() = default;
        member(const member&) = delete;
        member& operator=(const member&) = delete;

        /// Ends it soon, whatever it is doing. Must not remove it from the list.
        virtual void close() = 0;

    private:
        friend connection_list;
        std::list<member*>::iterator at_;
        bool listed_ = false;
        bool idle_ = false;
    };

    explicit connection_list(std::size_t most) : most_(most) {}

    /// Whether there is room for one more; an idle one is closed for it, and no longer counts.
    bool make_room();
    /// Closes the one that has been idle for longest; false if none is idle.
    bool close_longest_idle();
    /// As idle from now on.
    void add(member& added);
    void remove(member& gone);
    void mark_idle(member& one) { move(one, true); }
    void mark_busy(member& one) { move(one, false); }
    void close_all();

private:
    void move(member& one, bool idle);

    std::size_t most_;
    std::list<member*> idle_;  ///< the longest idle comes first
    std::list<member*> busy_;
};

}  // namespace tunnelkeyd::serve
