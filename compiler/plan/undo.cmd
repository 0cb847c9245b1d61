@echo off
rem Made by trustc plan. Takes back what plan.cmd did, step by step from the last, with what it kept in the folder
rem trustc-plan-state beside this script. What it did not change is left alone.
setlocal EnableExtensions DisableDelayedExpansion
set "TC_STATE=%~dp0trustc-plan-state"
set "TC_ADSUTIL=%SystemDrive%\Inetpub\AdminScripts\adsutil.vbs"
set "TC_NOW=%TEMP%\trustc-plan-now.txt"
set /a TC_CHANGED=0
set "TC_TEXT=beginning"
if not exist "%TC_STATE%\" echo nothing to take back: "%TC_STATE%" is not there& exit /b 0
TRUSTC STEPS
if %TC_CHANGED%==0 echo nothing to take back& exit /b 0
echo %TC_CHANGED% steps were taken back
exit /b 0

:failed
echo FAILED: "%TC_TEXT%"
echo %TC_CHANGED% steps were taken back before that; mend what failed and run this again for the rest
exit /b 3

:undone
del "%TC_STATE%\%TC_ID%.*" >nul 2>&1
set /a TC_CHANGED+=1
echo taken back: "%TC_TEXT%"
exit /b 0

:account
if not exist "%TC_STATE%\%TC_ID%.old" exit /b 0
set "TC_USER=%TC_NAME%"
for /f "tokens=1,* delims=\" %%D in ("%TC_NAME%") do if not "%%E"=="" set "TC_USER=%%E"
net user "%TC_USER%" /delete || exit /b 1
goto :undone

:member
if not exist "%TC_STATE%\%TC_ID%.old" exit /b 0
net localgroup "%TC_GROUP%" "%TC_NAME%" /delete || exit /b 1
goto :undone

rem TC_KEY gets back what the file TC_FILE says it had.
:restore
set "TC_GOT="
for /f "usebackq tokens=1,* delims=)" %%A in ("%TC_FILE%") do if not "%%B"=="" set TC_GOT=%%B
if not defined TC_GOT cscript //nologo "%TC_ADSUTIL%" DELETE "%TC_KEY%" >nul 2>&1 & exit /b 0
set "TC_GOT=%TC_GOT:"=%"
set "TC_GOT=%TC_GOT:~1%"
cscript //nologo "%TC_ADSUTIL%" SET "%TC_KEY%" "%TC_GOT%" >"%TC_NOW%" 2>&1 && exit /b 0
type "%TC_NOW%"
exit /b 1

:metabase
set "TC_FILE=%TC_STATE%\%TC_ID%.old"
if not exist "%TC_FILE%" exit /b 0
call :restore || exit /b 1
goto :undone

:named
set "TC_FILE=%TC_STATE%\%TC_ID%.old"
if not exist "%TC_FILE%" exit /b 0
set "TC_PARENT=%TC_KEY%"
set "TC_KEY=%TC_PARENT%/%TC_PROPERTY%"
call :restore || exit /b 1
if not defined TC_GOT cscript //nologo "%TC_ADSUTIL%" DELETE "%TC_PARENT%/%TC_SECRET%" >nul 2>&1
if not defined TC_GOT goto :undone
set "TC_PASSWORD="
set /p "TC_PASSWORD=Password of %TC_GOT% (shown while you type): "
cscript //nologo "%TC_ADSUTIL%" SET "%TC_PARENT%/%TC_SECRET%" "%TC_PASSWORD%" >nul 2>&1
set "TC_PASSWORD="
goto :undone

:pool
if not exist "%TC_STATE%\%TC_ID%.made" goto :pool_named
cscript //nologo "%TC_ADSUTIL%" DELETE "W3SVC/AppPools/%TC_POOL%" >"%TC_NOW%" 2>&1 && goto :undone
type "%TC_NOW%"
exit /b 1
:pool_named
set "TC_FILE=%TC_STATE%\%TC_ID%.type"
set "TC_KEY=W3SVC/AppPools/%TC_POOL%/AppPoolIdentityType"
if exist "%TC_FILE%" call :restore || exit /b 1
set "TC_KEY=W3SVC/AppPools/%TC_POOL%"
set "TC_PROPERTY=WAMUserName"
set "TC_SECRET=WAMUserPass"
goto :named

:get
set "TC_GOT="
cscript //nologo "%TC_ADSUTIL%" GET "%TC_KEY%" >"%TC_NOW%" 2>&1
for /f "usebackq tokens=1,* delims=)" %%A in ("%TC_NOW%") do if not "%%B"=="" set TC_GOT=%%B
if not defined TC_GOT exit /b 0
set "TC_GOT=%TC_GOT:"=%"
set "TC_GOT=%TC_GOT:~1%"
exit /b 0

:site
set "TC_NUMBER="
cscript //nologo "%TC_ADSUTIL%" ENUM /P W3SVC >"%TC_NOW%.sites" 2>&1
for /f "usebackq tokens=3 delims=[/]" %%S in ("%TC_NOW%.sites") do call :site_one %%S
for /f "usebackq tokens=2 delims=[/]" %%S in ("%TC_NOW%.sites") do call :site_one %%S
if defined TC_NUMBER exit /b 0
echo IIS has no site "%TC_SITE%"
exit /b 1
:site_one
if defined TC_NUMBER exit /b 0
echo %1| findstr /r /x "[0-9][0-9]*" >nul || exit /b 0
if "%TC_SITE%"=="%1" set "TC_NUMBER=%1"& exit /b 0
set "TC_KEY=W3SVC/%1/ServerComment"
call :get
if defined TC_GOT if /i "%TC_GOT%"=="%TC_SITE%" set "TC_NUMBER=%1"
exit /b 0

:application
if not exist "%TC_STATE%\%TC_ID%.old" exit /b 0
call :site || exit /b 1
set "TC_KEY=W3SVC/%TC_NUMBER%/ROOT%TC_PATH%/%TC_PROPERTY%"
goto :metabase

:anonymous
if not exist "%TC_STATE%\%TC_ID%.old" exit /b 0
call :site || exit /b 1
set "TC_KEY=W3SVC/%TC_NUMBER%/ROOT%TC_PATH%"
set "TC_PROPERTY=AnonymousUserName"
set "TC_SECRET=AnonymousUserPass"
goto :named

rem The list that was saved names its directory, so it is put back from the directory above.
:acl_begin
exit /b 0
:acl_entry
exit /b 0
:acl_end
if exist "%TC_STATE%\%TC_ID%.made" rmdir "%TC_PATH%" 2>nul
if not exist "%TC_STATE%\%TC_ID%.acl" exit /b 0
if not exist "%TC_PATH%" goto :undone
for %%P in ("%TC_PATH%") do icacls "%%~dpP." /restore "%TC_STATE%\%TC_ID%.acl" >"%TC_NOW%" 2>&1 || goto :acl_failed
if not "%TC_CUT%"=="1" goto :undone
icacls "%TC_PATH%" /inheritance:e >nul 2>&1 && goto :undone
echo BY HAND: tick the inheritance of "%TC_PATH%" in its properties, if it had it: this icacls cannot
goto :undone
:acl_failed
type "%TC_NOW%"
exit /b 1

:registry
echo BY HAND: in regedt32 take the rights of "%TC_NAME%" on HKEY_LOCAL_MACHINE\%TC_KEY% away, if you gave them
exit /b 0
