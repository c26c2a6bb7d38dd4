# SPDX-License-Identifier: Apache-2.0
# Runs in the other process, see stub.h. A thread is sent here by setting its registers: rbx = slot, rsp = a frame below its
# red zone with all its registers in the order of the pops at the end. It needs nobody: it calls, restores, returns.
# Offsets of the slot: 0 state, 4 result, 8 queue, 16 stateSize, 24 isInitialized, 32 isFinalizing, 40 ensure, 48 release,
# 56 run, 64 addPendingCall, 72 errnoFunction, 104 checkGil, 112 script.
    .section .rodata
    .globl calltide_stub_begin, calltide_stub_end
    .hidden calltide_stub_begin, calltide_stub_end
    .balign 16
calltide_stub_begin:
    cld
    mov  %rsp, %rbp
    sub  16(%rbx), %rsp
    and  $-64, %rsp
    xor  %eax, %eax              # the header of XSAVE's area must be zero
    mov  %rax, 512(%rsp)
    mov  %rax, 520(%rsp)
    mov  %rax, 528(%rsp)
    mov  %rax, 536(%rsp)
    mov  %rax, 544(%rsp)
    mov  %rax, 552(%rsp)
    mov  %rax, 560(%rsp)
    mov  %rax, 568(%rsp)
    mov  $-1, %eax
    mov  $-1, %edx
    xsave64 (%rsp)
    mov  %rsp, %r12
    movl $2, (%rbx)              # Entered
    call *72(%rbx)
    mov  %rax, %r14
    mov  (%rax), %r15d           # errno
    call *24(%rbx)
    test %eax, %eax
    jz   6f
    mov  32(%rbx), %rax
    test %rax, %rax
    jz   1f
    call *%rax
    test %eax, %eax
    jnz  5f
1:  cmpl $1, 8(%rbx)
    je   2f
    call *104(%rbx)              # a call of C that waits with the GIL held: not to be entered
    test %eax, %eax
    jnz  2f
    movl $3, (%rbx)              # WaitsForGil
    call *40(%rbx)
    mov  %eax, %r13d
    movl $4, (%rbx)              # Runs
    lea  112(%rbx), %rdi
    call *56(%rbx)
    mov  %eax, 4(%rbx)
    mov  %r13d, %edi
    call *48(%rbx)
    mov  $16, %ecx               # Done
    jmp  3f
2:  lea  calltide_stub_pending(%rip), %rdi
    mov  %rbx, %rsi
    call *64(%rbx)
    mov  $19, %ecx               # QueueFull
    test %eax, %eax
    jnz  3f
    mov  $2, %eax
    mov  $5, %ecx                # Queued, unless it has already run: then the slot is no longer ours
    lock cmpxchg %ecx, (%rbx)
    jmp  4f
5:  mov  $18, %ecx               # Finalizing
    jmp  3f
6:  mov  $17, %ecx               # NotInitialized
3:  mov  %ecx, (%rbx)            # the last touch of the slot
4:  mov  %r15d, (%r14)
    mov  $-1, %eax
    mov  $-1, %edx
    xrstor64 (%r12)
    mov  %rbp, %rsp
    pop  %r15
    pop  %r14
    pop  %r13
    pop  %r12
    pop  %r11
    pop  %r10
    pop  %r9
    pop  %r8
    pop  %rdi
    pop  %rsi
    pop  %rbp
    pop  %rbx
    pop  %rdx
    pop  %rcx
    pop  %rax
    popfq
    ret  $128                    # the red zone
    .balign 16
calltide_stub_pending:           # int pending(void* slot), called by the main thread at its safe point
    endbr64
    push %rbx
    mov  %rdi, %rbx
    movl $6, (%rbx)              # QueuedRuns
    lea  112(%rbx), %rdi
    call *56(%rbx)
    mov  %eax, 4(%rbx)
    movl $16, (%rbx)             # Done
    xor  %eax, %eax              # anything else would raise in the program
    pop  %rbx
    ret
calltide_stub_end:
    .section .note.GNU-stack, "", @progbits
