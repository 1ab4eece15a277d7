#!/usr/sbin/dtrace -Zs
/*
 * Prints one line for each NECP call of every process, for `necp-replay import dtrace`:
 *
 *   sudo dtrace -Zs necp.d -o calls.txt
 *
 * NECP1 ts=NS pid=N tid=N call=NAME args=0x..,.. ret=N errno=N inK=HEX outK=HEX exe=NAME
 *
 * inK and outK are bytes behind argument K (from 0) before and after the call, in words of 8 bytes,
 * at most 64: the reader cuts them at the length argument. A buffer that cannot be read at all, or
 * has less than 64 bytes to the end of its page, is left out, so not all of it is known.
 *
 * It needs root, and System Integrity Protection that allows DTrace. It was never run: it is written
 * after the documentation of DTrace.
 */
#pragma D option quiet
#pragma D option strsize=64
#pragma D option switchrate=10hz
#pragma D option bufsize=16m

struct words {
	uint64_t w[8];
};

self struct words in2;
self struct words in4;
this struct words out2;
this struct words out4;

/* Before the call: arguments. */
syscall::necp_open:entry,
syscall::necp_session_open:entry,
syscall::necp_client_action:entry,
syscall::necp_session_action:entry,
syscall::necp_match_policy:entry,
syscall::netagent_trigger:entry
{
	self->is_traced = 1;
	self->a0 = arg0;
	self->a1 = arg1;
	self->a2 = arg2;
	self->a3 = arg3;
	self->a4 = arg4;
	self->a5 = arg5;
	self->has_in2 = 0;
	self->has_in4 = 0;
}

/* A buffer that cannot be read ends a clause, so each is read in a clause of its own. */
syscall::necp_client_action:entry,
syscall::necp_session_action:entry
/self->is_traced && arg2 != 0 && (arg2 & 0xfff) <= 0xfc0/
{
	self->in2 = *(struct words *)copyin(arg2, sizeof (struct words));
	self->has_in2 = 1;
}

syscall::necp_client_action:entry,
syscall::necp_session_action:entry
/self->is_traced && arg4 != 0 && arg5 != 0 && (arg4 & 0xfff) <= 0xfc0/
{
	self->in4 = *(struct words *)copyin(arg4, sizeof (struct words));
	self->has_in4 = 1;
}

/* After it: one line, made of the parts that are there. */
syscall::necp_open:return,
syscall::necp_session_open:return
/self->is_traced/
{
	printf("NECP1 ts=%d pid=%d tid=%d call=%s args=0x%x ret=%d errno=%d exe=%s\n",
	    walltimestamp, pid, tid, probefunc, self->a0, (int)arg1, errno, execname);
}

syscall::necp_match_policy:return,
syscall::netagent_trigger:return
/self->is_traced/
{
	printf("NECP1 ts=%d pid=%d tid=%d call=%s args=0x%x,0x%x,0x%x ret=%d errno=%d exe=%s\n",
	    walltimestamp, pid, tid, probefunc, self->a0, self->a1, self->a2, (int)arg1, errno,
	    execname);
}

syscall::necp_client_action:return,
syscall::necp_session_action:return
/self->is_traced/
{
	printf("NECP1 ts=%d pid=%d tid=%d call=%s args=0x%x,0x%x,0x%x,0x%x,0x%x,0x%x",
	    walltimestamp, pid, tid, probefunc, self->a0, self->a1, self->a2, self->a3, self->a4,
	    self->a5);
	printf(" ret=%d errno=%d", (int)arg1, errno);
}

syscall::necp_client_action:return,
syscall::necp_session_action:return
/self->is_traced && self->has_in2/
{
	printf(" in2=%016x%016x%016x%016x%016x%016x%016x%016x",
	    htonll(self->in2.w[0]), htonll(self->in2.w[1]), htonll(self->in2.w[2]),
	    htonll(self->in2.w[3]), htonll(self->in2.w[4]), htonll(self->in2.w[5]),
	    htonll(self->in2.w[6]), htonll(self->in2.w[7]));
}

syscall::necp_client_action:return,
syscall::necp_session_action:return
/self->is_traced && self->has_in4/
{
	printf(" in4=%016x%016x%016x%016x%016x%016x%016x%016x",
	    htonll(self->in4.w[0]), htonll(self->in4.w[1]), htonll(self->in4.w[2]),
	    htonll(self->in4.w[3]), htonll(self->in4.w[4]), htonll(self->in4.w[5]),
	    htonll(self->in4.w[6]), htonll(self->in4.w[7]));
}

syscall::necp_client_action:return
/self->is_traced && self->has_in2/
{
	this->out2 = *(struct words *)copyin(self->a2, sizeof (struct words));
	printf(" out2=%016x%016x%016x%016x%016x%016x%016x%016x",
	    htonll(this->out2.w[0]), htonll(this->out2.w[1]), htonll(this->out2.w[2]),
	    htonll(this->out2.w[3]), htonll(this->out2.w[4]), htonll(this->out2.w[5]),
	    htonll(this->out2.w[6]), htonll(this->out2.w[7]));
}

syscall::necp_client_action:return,
syscall::necp_session_action:return
/self->is_traced && self->has_in4/
{
	this->out4 = *(struct words *)copyin(self->a4, sizeof (struct words));
	printf(" out4=%016x%016x%016x%016x%016x%016x%016x%016x",
	    htonll(this->out4.w[0]), htonll(this->out4.w[1]), htonll(this->out4.w[2]),
	    htonll(this->out4.w[3]), htonll(this->out4.w[4]), htonll(this->out4.w[5]),
	    htonll(this->out4.w[6]), htonll(this->out4.w[7]));
}

syscall::necp_client_action:return,
syscall::necp_session_action:return
/self->is_traced/
{
	printf(" exe=%s\n", execname);
}

syscall::necp_open:return,
syscall::necp_session_open:return,
syscall::necp_client_action:return,
syscall::necp_session_action:return,
syscall::necp_match_policy:return,
syscall::netagent_trigger:return
/self->is_traced/
{
	self->is_traced = 0;
}

/* What closes an fd, as far as a process that called NECP does it. */
syscall::necp_open:return,
syscall::necp_session_open:return
{
	opened[pid, (int)arg1] = 1;
}

syscall::close:entry,
syscall::close_nocancel:entry
/opened[pid, (int)arg0]/
{
	self->closing = (int)arg0 + 1;
}

syscall::close:return,
syscall::close_nocancel:return
/self->closing/
{
	printf("NECP1 ts=%d pid=%d tid=%d call=close args=0x%x ret=%d errno=%d exe=%s\n",
	    walltimestamp, pid, tid, self->closing - 1, (int)arg1, errno, execname);
	opened[pid, self->closing - 1] = 0;
	self->closing = 0;
}
